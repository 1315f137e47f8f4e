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

/** A reader of a store of anybody's; safe for use by several threads, as the reader is. */
final class GuardedReader implements BlobReader {
  private final BlobReader reader;
  private final Descriptor blob;
  private final GuardedProvider<?> guard;
  private volatile boolean closed;

  GuardedReader(BlobReader reader, Descriptor blob, GuardedProvider<?> guard) {
    this.reader = reader;
    this.blob = blob;
    this.guard = guard;
  }

  private void checkOpen(String call) {
    if (closed) {
      throw guard.misuse("%s of blob %s was called after close".formatted(call, blob.digest()));
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

  /** Without an exception to tell of, as {@link GuardedDriver#maxOpenWriters}. */
  @Override
  public Optional<Path> file() {
    checkOpen("file");
    ClassLoader before = guard.enter();
    try {
      return requireNonNull(reader.file(), "file returned null");
    } catch (Throwable e) {
      throw new IllegalStateException(guard.failure(e).getMessage(), e);
    } finally {
      guard.leave(before);
    }
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
    if (closed) {
      return;
    }
    closed = true;
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
