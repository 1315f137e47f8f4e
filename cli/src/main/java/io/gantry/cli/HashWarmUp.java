package io.gantry.cli;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * Hashes nothing of interest, on a thread beside the start of a command, until Java has compiled
 * what hashes. Otherwise that happens when all threads hash already, slowly, and keep the compiler
 * from the processors.
 */
final class HashWarmUp {
  private static final int ROUNDS = 64;
  private static final int BYTES = 16 * 1024;

  private HashWarmUp() {}

  /** Begins, and returns at once. */
  static void begin() {
    Thread thread = new Thread(HashWarmUp::hash, "gantry-warm-up");
    thread.setDaemon(true);
    thread.start();
  }

  private static void hash() {
    try {
      MessageDigest hash = MessageDigest.getInstance("SHA-256");
      byte[] bytes = new byte[BYTES];
      for (int i = 0; i < ROUNDS; i++) {
        hash.update(bytes);
      }
      hash.digest();
    } catch (NoSuchAlgorithmException none) {
      // Every Java has it; if this one has not, the command will say so.
    }
  }
}
