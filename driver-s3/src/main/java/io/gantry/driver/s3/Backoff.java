package io.gantry.driver.s3;

import java.io.InterruptedIOException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/**
 * The pauses of one who has lost a race and will run again: longer each time, and of random length,
 * so that those who met once do not meet for ever. Used by one thread.
 */
final class Backoff {
  /** Under a minute altogether, in the middle; in a race each round has one winner. */
  private static final int MAX_PAUSES = 120;

  private static final int FIRST_MILLIS = 20;
  private static final int LONGEST_MILLIS = 1000;

  /** How time is spent. */
  interface Sleep {
    void sleep(long millis) throws InterruptedException;
  }

  private final Sleep sleep;
  private int pauses;

  Backoff() {
    this(TimeUnit.MILLISECONDS::sleep);
  }

  Backoff(Sleep sleep) {
    this.sleep = sleep;
  }

  /** Waits; or returns false at once if it is time to give up. */
  boolean pause() throws InterruptedIOException {
    if (pauses == MAX_PAUSES) {
      return false;
    }
    int longest = Math.min(LONGEST_MILLIS, FIRST_MILLIS << Math.min(pauses, 10));
    pauses++;
    try {
      sleep.sleep(ThreadLocalRandom.current().nextInt(longest));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while waiting for other exports");
    }
    return true;
  }

  int pauses() {
    return pauses;
  }
}
