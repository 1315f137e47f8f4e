package io.gantry.driver.s3;

import io.gantry.api.GantryException;
import io.gantry.api.GantryException.Kind;
import io.gantry.api.content.BlobReader;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/**
 * Reads one version of an object by ranges. Who reads on from where the last read ended is served
 * from a window, and the next window is fetched meanwhile; any other read gets what it asks for.
 */
final class ObjectReader implements BlobReader {
  static final int WINDOW_BYTES = 4 * 1024 * 1024;

  private final Bucket bucket;
  private final String file;
  private final long size;
  private final String etag;
  private final ExecutorService threads;
  private final Semaphore aheads;

  // Guarded by this.
  private Window window;
  private @Nullable Future<Window> ahead;
  private long aheadStart;
  private long expected;

  /** A range that was read. */
  private static final class Window {
    private final long start;
    private final byte[] content;

    Window(long start, byte[] content) {
      this.start = start;
      this.content = content;
    }

    boolean holds(long position) {
      return position >= start && position < end();
    }

    long end() {
      return start + content.length;
    }

    int copy(long position, ByteBuffer dst) {
      int offset = (int) (position - start);
      int count = Math.min(dst.remaining(), content.length - offset);
      dst.put(content, offset, count);
      return count;
    }
  }

  /**
   * Makes a reader.
   *
   * @param beginning the first bytes of the object, none if they are not wanted yet
   * @param aheads as many windows as all readers together may fetch before they are asked for
   */
  ObjectReader(
      Bucket bucket, String file, StoredFile beginning, ExecutorService threads, Semaphore aheads) {
    this.bucket = bucket;
    this.file = file;
    this.size = beginning.size();
    this.etag = beginning.etag();
    this.window = new Window(0, beginning.content());
    this.threads = threads;
    this.aheads = aheads;
  }

  @Override
  public long size() {
    return size;
  }

  @Override
  public synchronized int read(ByteBuffer dst, long position) throws IOException {
    if (position >= size) {
      return -1;
    }
    if (!dst.hasRemaining()) {
      return 0;
    }
    Window from = window;
    if (!window.holds(position)) {
      if (position == expected) {
        window = next(position);
        from = window;
      } else {
        from = fetch(position, dst.remaining());
      }
    }
    int count = from.copy(position, dst);
    expected = position + count;
    if (window.holds(position)) {
      readAhead();
    }
    return count;
  }

  private Window next(long position) throws IOException {
    Future<Window> fetched = ahead;
    if (fetched != null && position == aheadStart) {
      // Not held while waiting for the next.
      window = new Window(position, new byte[0]);
      try {
        return result(fetched);
      } finally {
        ahead = null;
        aheads.release();
      }
    }
    close();
    return fetch(position, WINDOW_BYTES);
  }

  private void readAhead() {
    if (ahead == null && window.end() < size && aheads.tryAcquire()) {
      long start = window.end();
      aheadStart = start;
      ahead = threads.submit(() -> fetch(start, WINDOW_BYTES));
    }
  }

  private Window fetch(long start, int wanted) throws IOException {
    int length = (int) Math.min(Math.min(wanted, WINDOW_BYTES), size - start);
    Optional<StoredFile> range = bucket.readRange(file, start, length, Optional.of(etag));
    if (range.isEmpty() || range.get().content().length < length) {
      throw new GantryException(
          Kind.SOURCE_FAILED,
          "%s: changed while it was read; export again".formatted(bucket.location().url(file)));
    }
    return new Window(start, range.get().content());
  }

  private Window result(Future<Window> fetched) throws IOException {
    try {
      return fetched.get();
    } catch (InterruptedException e) {
      fetched.cancel(true);
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while reading " + bucket.location().url(file));
    } catch (CancellationException e) {
      throw new IOException(bucket.location().url(file) + ": closed while it was read", e);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof IOException io) {
        throw io;
      }
      throw new IOException(bucket.location().url(file) + ": " + e.getCause(), e);
    }
  }

  @Override
  public synchronized void close() {
    if (ahead != null) {
      ahead.cancel(true);
      ahead = null;
      aheads.release();
    }
  }
}
