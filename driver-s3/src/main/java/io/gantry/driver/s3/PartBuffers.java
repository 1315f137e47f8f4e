package io.gantry.driver.s3;

import java.io.InterruptedIOException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;

/**
 * The memory for what is on its way: who wants more than there is waits until some of it has
 * arrived. A buffer that is larger than all of it gets all of it. Safe for use by several threads.
 *
 * <p>Nobody waits here while holding a buffer that is not being sent, so it always goes on.
 */
final class PartBuffers {
  private static final int KIB = 1024;

  private final int totalKib;
  private final int usualBytes;
  private final Semaphore freeKib;
  private final ConcurrentLinkedQueue<byte[]> spare = new ConcurrentLinkedQueue<>();

  /**
   * Makes room for some buffers.
   *
   * @param count how many buffers of the usual size there may be
   * @param usualBytes the size of most buffers, which are kept for reuse
   */
  PartBuffers(int count, int usualBytes) {
    this.totalKib = (int) Math.min(Integer.MAX_VALUE, (long) count * kib(usualBytes));
    this.usualBytes = usualBytes;
    this.freeKib = new Semaphore(totalKib, true);
  }

  /** Returns a buffer of this size, once there is memory for it. */
  byte[] take(int bytes) throws InterruptedIOException {
    try {
      freeKib.acquire(share(bytes));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while waiting for uploads");
    }
    boolean taken = false;
    try {
      byte[] buffer = bytes == usualBytes ? spare.poll() : null;
      if (buffer == null) {
        // What is spare is memory as well, and not for this size.
        spare.clear();
        buffer = new byte[bytes];
      }
      taken = true;
      return buffer;
    } finally {
      if (!taken) {
        freeKib.release(share(bytes));
      }
    }
  }

  /** Takes back a buffer, which nobody uses any more. */
  void giveBack(byte[] buffer) {
    if (buffer.length == usualBytes) {
      spare.add(buffer);
    }
    freeKib.release(share(buffer.length));
  }

  private int share(int bytes) {
    return Math.min(kib(bytes), totalKib);
  }

  private static int kib(int bytes) {
    return (int) (((long) bytes + KIB - 1) / KIB);
  }
}
