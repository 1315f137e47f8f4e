package io.gantry.api.export;

import io.gantry.api.GantryException;
import io.gantry.api.GantryException.Kind;

/** The end of an export that somebody has asked for. */
final class Interruption {
  private Interruption() {}

  /** Throws if the calling thread is interrupted, and leaves it so. */
  static void check() throws GantryException {
    if (Thread.currentThread().isInterrupted()) {
      throw exception();
    }
  }

  static GantryException exception() {
    return new GantryException(Kind.INTERRUPTED, "interrupted; nothing was published");
  }

  static boolean is(Throwable failure) {
    return failure instanceof GantryException known && known.kind() == Kind.INTERRUPTED;
  }

  /** Waits for threads to end. An interrupt is kept for later. */
  static void join(Iterable<Thread> threads) {
    boolean interrupted = false;
    for (Thread thread : threads) {
      while (thread.isAlive()) {
        try {
          thread.join();
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
