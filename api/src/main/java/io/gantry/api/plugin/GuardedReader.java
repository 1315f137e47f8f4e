package io.gantry.api.plugin;

import static java.util.Objects.requireNonNull;

import io.gantry.api.content.BlobReader;
import io.gantry.api.oci.Descriptor;
import io.gantry.api.oci.Digest;
import io.gantry.api.oci.DigestAlgorithm;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

/** A reader of a store of anybody's; safe for use by several threads, as the reader is. */
final class GuardedReader implements BlobReader {
  private final BlobReader reader;
  private final Optional<Path> file;
  private final Descriptor blob;
  private final GuardedStore store;
  private final GuardedProvider<?> guard;
  private final AtomicBoolean closed = new AtomicBoolean();

  /**
   * Makes a reader.
   *
   * @param file what the reader knows of it, which it was asked where a failure can be told
   */
  GuardedReader(
      BlobReader reader,
      Optional<Path> file,
      Descriptor blob,
      GuardedStore store,
      GuardedProvider<?> guard) {
    this.reader = reader;
    this.file = file;
    this.blob = blob;
    this.store = store;
    this.guard = guard;
  }

  private void checkOpen(String call) {
    if (closed.get() || store.isClosed()) {
      throw guard.misuse(
          "%s of blob %s was called %s"
              .formatted(
                  call,
                  blob.digest(),
                  closed.get() ? "after close" : "after the store was closed"));
    }
  }

  @Override
  public long size() throws IOException {
    checkOpen("size");
    ClassLoader before = guard.enter();
    try {
      return reader.size();
    } catch (Throwable e) {
      throw guard.failure(e);
    } finally {
      guard.leave(before);
    }
  }

  @Override
  public int read(ByteBuffer dst, long position) throws IOException {
    checkOpen("read");
    ClassLoader before = guard.enter();
    try {
      return reader.read(dst, position);
    } catch (Throwable e) {
      throw guard.failure(e);
    } finally {
      guard.leave(before);
    }
  }

  @Override
  public Optional<Path> file() {
    checkOpen("file");
    return file;
  }

  @Override
  public Digest digest(DigestAlgorithm algorithm) throws IOException {
    checkOpen("digest");
    ClassLoader before = guard.enter();
    try {
      return requireNonNull(reader.digest(algorithm), "digest returned null");
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
      reader.close();
    } catch (Throwable e) {
      throw guard.failure(e);
    } finally {
      guard.leave(before);
    }
  }
}
