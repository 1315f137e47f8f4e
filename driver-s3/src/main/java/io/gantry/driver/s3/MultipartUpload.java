package io.gantry.driver.s3;

import io.gantry.api.oci.Descriptor;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.s3.model.CompletedPart;

/**
 * One blob in parts, several of which are on their way at a time. Used by one thread, which ends it
 * with {@link #complete} or {@link #abort}; the parts travel on others.
 */
final class MultipartUpload {
  private final BlobUploads uploads;
  private final Descriptor blob;
  private final ExecutorService threads;
  private final PartBuffers buffers;
  private final List<Future<CompletedPart>> parts = new ArrayList<>();
  private @Nullable String id;

  private final Object lock = new Object();
  private final Set<Thread> sending = new HashSet<>();
  private boolean stopped;

  MultipartUpload(
      BlobUploads uploads, Descriptor blob, ExecutorService threads, PartBuffers buffers) {
    this.uploads = uploads;
    this.blob = blob;
    this.threads = threads;
    this.buffers = buffers;
  }

  /**
   * Sends the next part.
   *
   * @param buffer is the upload's from now on
   * @throws IOException if the upload cannot be begun; that a part cannot be sent is told at the
   *     end, or earlier by {@link #check}
   */
  void add(byte[] buffer, int length) throws IOException {
    try {
      if (id == null) {
        id = uploads.begin(blob);
      }
    } catch (IOException | RuntimeException e) {
      buffers.giveBack(buffer);
      throw e;
    }
    String upload = id;
    int number = parts.size() + 1;
    parts.add(
        threads.submit(
            () -> {
              try {
                return send(upload, number, buffer, length);
              } finally {
                buffers.giveBack(buffer);
              }
            }));
  }

  private CompletedPart send(String upload, int number, byte[] buffer, int length)
      throws IOException {
    synchronized (lock) {
      if (stopped) {
        throw new CancellationException("another part of " + blob.digest() + " failed");
      }
      sending.add(Thread.currentThread());
    }
    try {
      return uploads.part(blob.digest(), upload, number, buffer, length);
    } catch (Throwable e) {
      stop();
      throw e;
    } finally {
      synchronized (lock) {
        sending.remove(Thread.currentThread());
        // The thread is lent: what interrupted this part must not meet the next one.
        Thread.interrupted();
      }
    }
  }

  /** Keeps the parts from being sent on, as the blob has failed. */
  private void stop() {
    synchronized (lock) {
      stopped = true;
      sending.forEach(Thread::interrupt);
    }
  }

  /** Tells, while there is more to send, that a part could not be sent. */
  void check() throws IOException {
    boolean failed;
    synchronized (lock) {
      failed = stopped;
    }
    if (failed) {
      results();
    }
  }

  /** Waits for all parts and makes them a blob. */
  void complete(long size) throws IOException {
    List<CompletedPart> completed = results();
    if (id != null) {
      uploads.complete(blob.digest(), id, completed, size);
    }
  }

  private List<CompletedPart> results() throws IOException {
    List<CompletedPart> results = new ArrayList<>(parts.size());
    @Nullable Throwable failure = null;
    for (Future<CompletedPart> part : parts) {
      try {
        results.add(part.get());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new InterruptedIOException("interrupted while waiting for uploads");
      } catch (ExecutionException e) {
        failure = worse(failure, e.getCause() == null ? e : e.getCause());
      }
    }
    if (failure instanceof IOException io) {
      throw io;
    }
    if (failure instanceof Error error) {
      throw error;
    }
    if (failure != null) {
      throw new IllegalStateException("a part of " + blob.digest() + " failed", failure);
    }
    return results;
  }

  /** What stopped the parts, rather than what became of those that were stopped. */
  private static Throwable worse(@Nullable Throwable one, Throwable other) {
    return one == null
            || one instanceof CancellationException
            || one instanceof InterruptedIOException
        ? other
        : one;
  }

  /** Throws the parts away. */
  void abort() throws IOException {
    stop();
    boolean interrupted = Thread.interrupted();
    try {
      // What arrives after the upload was aborted would stay, so nothing may be on its way.
      for (Future<CompletedPart> part : parts) {
        interrupted |= waitFor(part);
      }
      if (id != null) {
        uploads.abort(blob.digest(), id);
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** Returns whether the thread was interrupted meanwhile. */
  private static boolean waitFor(Future<CompletedPart> part) {
    boolean interrupted = false;
    while (true) {
      try {
        part.get();
        return interrupted;
      } catch (InterruptedException e) {
        interrupted = true;
      } catch (ExecutionException thrownAlready) {
        return interrupted;
      }
    }
  }
}
