package io.gantry.api.export;

import io.gantry.api.GantryException;
import io.gantry.api.oci.Digest;
import io.gantry.api.oci.DigestAlgorithm;
import java.io.Closeable;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/**
 * Hashes one blob while another thread reads and writes it. Both go round the same few buffers: one
 * is filled again when its bytes have been hashed, so that the reader is never further ahead.
 */
final class HashingThread implements Closeable {
  private final DigestAlgorithm algorithm;
  private final List<ByteBuffer> buffers;
  private final List<ByteBuffer> toHash;
  private final Semaphore free;
  private final Semaphore filled = new Semaphore(0);
  private final Thread thread = new Thread(this::run, "gantry-hash");

  /** The buffer that is filled next. */
  private long next;

  // These are handed over by the semaphores and the end of the thread.
  private volatile long end = Long.MAX_VALUE;
  private @Nullable Digest digest;
  private @Nullable Throwable failure;

  /**
   * Starts to hash.
   *
   * @param buffers are this thread's and the caller's until it is closed
   */
  HashingThread(DigestAlgorithm algorithm, List<ByteBuffer> buffers) {
    this.algorithm = algorithm;
    this.buffers = buffers;
    this.toHash = buffers.stream().map(ByteBuffer::duplicate).toList();
    this.free = new Semaphore(buffers.size());
    thread.setDaemon(true);
    thread.start();
  }

  /** Returns an empty buffer when there is one. */
  ByteBuffer nextBuffer() throws GantryException {
    try {
      free.acquire();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw Interruption.exception();
    }
    return buffers.get(index(next)).clear();
  }

  /** Has the bytes hashed that are in that buffer now; the caller may read them meanwhile. */
  void hash() {
    ByteBuffer buffer = buffers.get(index(next));
    toHash.get(index(next)).limit(buffer.limit()).position(buffer.position());
    next++;
    filled.release();
  }

  /** Returns the digest of all that was hashed. */
  Digest finish() throws GantryException {
    end = next;
    filled.release();
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw Interruption.exception();
    }
    if (failure instanceof Error e) {
      throw e;
    }
    if (digest == null) {
      throw new IllegalStateException("the hash has no end", failure);
    }
    return digest;
  }

  private void run() {
    try {
      BlobHash hash = new BlobHash(algorithm);
      filled.acquire();
      for (long i = 0; i < end; i++) {
        hash.update(toHash.get(index(i)));
        free.release();
        filled.acquire();
      }
      digest = hash.finish();
    } catch (Throwable e) {
      failure = e;
      // Who fills buffers must not wait for this thread, and learns of it in the end.
      free.release(Integer.MAX_VALUE / 2);
    }
  }

  private int index(long buffer) {
    return (int) (buffer % buffers.size());
  }

  /** Ends the thread, also in the midst of the blob. An interrupt is kept for later. */
  @Override
  public void close() {
    thread.interrupt();
    Interruption.join(List.of(thread));
  }
}
