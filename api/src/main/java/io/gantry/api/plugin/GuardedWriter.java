package io.gantry.api.plugin;

import static java.util.Objects.requireNonNull;

import io.gantry.api.driver.BlobWriter;
import io.gantry.api.oci.Descriptor;
import io.gantry.api.oci.Digest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A writer of a driver of anybody's: bytes, one commit of what was announced, close. It relies on
 * what a writer may rely on: one thread at a time, which knows what the one before has done.
 */
final class GuardedWriter implements BlobWriter {
  private final BlobWriter writer;
  private final Descriptor blob;
  private final GuardedDriver driver;
  private final GuardedProvider<?> guard;
  private boolean committed;
  private final AtomicBoolean closed = new AtomicBoolean();

  GuardedWriter(
      BlobWriter writer, Descriptor blob, GuardedDriver driver, GuardedProvider<?> guard) {
    this.writer = writer;
    this.blob = blob;
    this.driver = driver;
    this.guard = guard;
  }

  @Override
  public int write(ByteBuffer src) throws IOException {
    checkUsable("write");
    ClassLoader before = guard.enter();
    try {
      return writer.write(src);
    } catch (Throwable e) {
      throw guard.failure(e);
    } finally {
      guard.leave(before);
    }
  }

  @Override
  public Optional<ReadableByteChannel> link(Path file) throws IOException {
    checkUsable("link");
    ClassLoader before = guard.enter();
    try {
      return requireNonNull(writer.link(file), "link returned null")
          .map(channel -> new GuardedChannel(channel, this, guard));
    } catch (Throwable e) {
      throw guard.failure(e);
    } finally {
      guard.leave(before);
    }
  }

  void checkUsable(String call) {
    if (committed || closed.get() || driver.isClosed()) {
      throw misuse(
          call,
          closed.get()
              ? "after close"
              : committed ? "after commit" : "after the driver was closed");
    }
  }

  IllegalStateException misuse(String call, String when) {
    return guard.misuse("%s of blob %s was called %s".formatted(call, blob.digest(), when));
  }

  @Override
  public void commit(long size, Digest digest) throws IOException {
    checkUsable("commit");
    if (size != blob.size() || !digest.equals(blob.digest())) {
      throw misuse("commit", "for %d bytes of %s, not %d".formatted(size, digest, blob.size()));
    }
    committed = true;
    ClassLoader before = guard.enter();
    try {
      writer.commit(size, digest);
    } catch (Throwable e) {
      throw guard.failure(e);
    } finally {
      guard.leave(before);
    }
  }

  @Override
  public boolean isOpen() {
    return !closed.get();
  }

  @Override
  public void close() throws IOException {
    if (closed.getAndSet(true)) {
      return;
    }
    ClassLoader before = guard.enter();
    try {
      writer.close();
    } catch (Throwable e) {
      throw guard.failure(e);
    } finally {
      guard.leave(before);
      driver.writerClosed();
    }
  }
}
