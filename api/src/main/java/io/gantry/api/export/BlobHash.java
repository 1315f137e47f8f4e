package io.gantry.api.export;

import io.gantry.api.oci.Digest;
import io.gantry.api.oci.DigestAlgorithm;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.concurrent.Semaphore;

/**
 * Hashes one blob. No more threads hash at a time than there are processors: they would take turns
 * only, and in the first second keep from a processor the compiler that makes them fast.
 */
final class BlobHash {
  private static final Semaphore PROCESSORS =
      new Semaphore(Runtime.getRuntime().availableProcessors());

  private final DigestAlgorithm algorithm;
  private final MessageDigest hash;

  BlobHash(DigestAlgorithm algorithm) {
    this.algorithm = algorithm;
    this.hash = algorithm.newMessageDigest();
  }

  void update(ByteBuffer bytes) {
    PROCESSORS.acquireUninterruptibly();
    try {
      hash.update(bytes);
    } finally {
      PROCESSORS.release();
    }
  }

  Digest finish() {
    return Digest.finish(algorithm, hash);
  }
}
