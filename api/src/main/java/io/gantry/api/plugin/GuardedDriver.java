package io.gantry.api.plugin;

import static java.util.Objects.requireNonNull;

import io.gantry.api.driver.BlobWriter;
import io.gantry.api.driver.ImageDriver;
import io.gantry.api.driver.InitOptions;
import io.gantry.api.oci.Descriptor;
import io.gantry.api.oci.Index;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A driver of anybody's, to which nobody can do what the contract rules out. Closing is never
 * refused, as it is what cleans up. The guard relies on one thread that uses the driver, as drivers
 * do; writers are closed by any, and only lessen the number of those that are open.
 */
final class GuardedDriver implements ImageDriver {
  private final ImageDriver driver;
  private final GuardedProvider<?> guard;
  private final AtomicInteger openWriters = new AtomicInteger();
  private boolean begun;
  private boolean ready;
  private boolean published;
  private int maxOpenWriters;
  private final AtomicBoolean closed = new AtomicBoolean();

  GuardedDriver(ImageDriver driver, GuardedProvider<?> guard) {
    this.driver = driver;
    this.guard = guard;
  }

  @Override
  public void init(InitOptions options) throws IOException {
    if (begun || closed.get()) {
      throw guard.misuse(
          "init was called %s; a driver takes one export"
              .formatted(closed.get() ? "after close" : "again"));
    }
    begun = true;
    ClassLoader before = guard.enter();
    try {
      driver.init(options);
      // Asked here, as there is no exception that whoever asks later would expect.
      maxOpenWriters = driver.maxOpenWriters();
    } catch (Throwable e) {
      throw guard.failure(e);
    } finally {
      guard.leave(before);
    }
    ready = true;
  }

  private void checkReady(String call) {
    if (closed.get() || !ready || published) {
      throw guard.misuse(
          "%s was called %s"
              .formatted(
                  call,
                  closed.get()
                      ? "after close"
                      : published ? "after writeIndex" : "before init has succeeded"));
    }
  }

  @Override
  public BlobWriter blobWriter(Descriptor blob) throws IOException {
    checkReady("blobWriter");
    int open = openWriters.get();
    if (open > 0 && open >= maxOpenWriters) {
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
    return closed.get();
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
    if (closed.getAndSet(true)) {
      return;
    }
    ClassLoader before = guard.enter();
    try {
      driver.close();
    } catch (Throwable e) {
      throw guard.failure(e);
    } finally {
      guard.leave(before);
    }
  }

  @Override
  public int maxOpenWriters() {
    if (!ready) {
      throw guard.misuse("maxOpenWriters was called before init has succeeded");
    }
    return maxOpenWriters;
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
