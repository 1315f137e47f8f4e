package io.gantry.api.plugin;

import static java.util.Objects.requireNonNull;

import io.gantry.api.driver.BlobWriter;
import io.gantry.api.driver.ImageDriver;
import io.gantry.api.driver.InitOptions;
import io.gantry.api.oci.Descriptor;
import io.gantry.api.oci.Index;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A driver of anybody's, to which nobody can do what the contract rules out. Closing is never
 * refused, as it is what cleans up.
 */
final class GuardedDriver implements ImageDriver {
  private final ImageDriver driver;
  private final GuardedProvider<?> guard;
  private final AtomicInteger openWriters = new AtomicInteger();
  private boolean begun;
  private boolean ready;
  private boolean published;
  private volatile boolean closed;

  GuardedDriver(ImageDriver driver, GuardedProvider<?> guard) {
    this.driver = driver;
    this.guard = guard;
  }

  @Override
  public void init(InitOptions options) throws IOException {
    if (begun || closed) {
      throw guard.misuse(
          "init was called %s; a driver takes one export"
              .formatted(closed ? "after close" : "again"));
    }
    begun = true;
    ClassLoader before = guard.enter();
    try {
      driver.init(options);
    } catch (Throwable e) {
      throw guard.failure(e);
    } finally {
      guard.leave(before);
    }
    ready = true;
  }

  private void checkReady(String call) {
    if (closed || !ready || published) {
      throw guard.misuse(
          "%s was called %s"
              .formatted(
                  call,
                  closed
                      ? "after close"
                      : published ? "after writeIndex" : "before init has succeeded"));
    }
  }

  @Override
  public BlobWriter blobWriter(Descriptor blob) throws IOException {
    checkReady("blobWriter");
    int open = openWriters.get();
    if (open > 0 && open >= maxOpenWriters()) {
      throw guard.misuse(
          "blobWriter was called while as many writers are open as it takes: " + open);
    }
    BlobWriter writer;
    ClassLoader before = guard.enter();
    try {
      writer = requireNonNull(driver.blobWriter(blob), "blobWriter returned null");
    } catch (Throwable e) {
      throw guard.failure(e);
    } finally {
      guard.leave(before);
    }
    openWriters.incrementAndGet();
    return new GuardedWriter(writer, blob, this, guard);
  }

  boolean isClosed() {
    return closed;
  }

  void writerClosed() {
    openWriters.decrementAndGet();
  }

  @Override
  public void writeIndex(Index index) throws IOException {
    checkReady("writeIndex");
    if (openWriters.get() > 0) {
      throw guard.misuse("writeIndex was called before every writer was closed");
    }
    published = true;
    ClassLoader before = guard.enter();
    try {
      driver.writeIndex(index);
    } catch (Throwable e) {
      throw guard.failure(e);
    } finally {
      guard.leave(before);
    }
  }

  @Override
  public void close() throws IOException {
    if (closed) {
      return;
    }
    closed = true;
    ClassLoader before = guard.enter();
    try {
      driver.close();
    } catch (Throwable e) {
      throw guard.failure(e);
    } finally {
      guard.leave(before);
    }
  }

  /** Asked at any time; there is no exception that a caller would expect. */
  @Override
  public int maxOpenWriters() {
    ClassLoader before = guard.enter();
    try {
      return driver.maxOpenWriters();
    } catch (Throwable e) {
      throw new IllegalStateException(guard.failure(e).getMessage(), e);
    } finally {
      guard.leave(before);
    }
  }

  @Override
  public boolean contains(Descriptor blob) throws IOException {
    checkReady("contains");
    ClassLoader before = guard.enter();
    try {
      return driver.contains(blob);
    } catch (Throwable e) {
      throw guard.failure(e);
    } finally {
      guard.leave(before);
    }
  }
}
