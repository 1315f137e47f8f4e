package io.gantry.api.plugin;

import static java.util.Objects.requireNonNull;

import io.gantry.api.content.BlobReader;
import io.gantry.api.content.ContentStore;
import io.gantry.api.oci.Descriptor;
import io.gantry.api.oci.Digest;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

/** A store of anybody's; safe for use by several threads, as the store is. */
final class GuardedStore implements ContentStore {
  private final ContentStore store;
  private final GuardedProvider<?> guard;
  private final AtomicBoolean closed = new AtomicBoolean();

  GuardedStore(ContentStore store, GuardedProvider<?> guard) {
    this.store = store;
    this.guard = guard;
  }

  private void checkOpen(String call) {
    if (closed.get()) {
      throw guard.misuse(call + " was called after close");
    }
  }

  @Override
  public List<Descriptor> roots() throws IOException {
    checkOpen("roots");
    ClassLoader before = guard.enter();
    try {
      return requireNonNull(store.roots(), "roots returned null");
    } catch (Throwable e) {
      throw guard.failure(e);
    } finally {
      guard.leave(before);
    }
  }

  @Override
  public Descriptor resolve(Digest digest) throws IOException {
    checkOpen("resolve");
    ClassLoader before = guard.enter();
    try {
      return requireNonNull(store.resolve(digest), "resolve returned null");
    } catch (Throwable e) {
      throw guard.failure(e);
    } finally {
      guard.leave(before);
    }
  }

  @Override
  public BlobReader open(Descriptor blob) throws IOException {
    checkOpen("open");
    ClassLoader before = guard.enter();
    try {
      BlobReader reader = requireNonNull(store.open(blob), "open returned null");
      return new GuardedReader(reader, file(reader), blob, this, guard);
    } catch (Throwable e) {
      throw guard.failure(e);
    } finally {
      guard.leave(before);
    }
  }

  /** Asked at once, as there is no exception that whoever asks later would expect. */
  private static Optional<Path> file(BlobReader reader) throws IOException {
    try {
      return requireNonNull(reader.file(), "file returned null");
    } catch (Throwable e) {
      try (reader) {
        throw e;
      }
    }
  }

  boolean isClosed() {
    return closed.get();
  }

  @Override
  public Optional<List<Digest>> blobs() throws IOException {
    checkOpen("blobs");
    ClassLoader before = guard.enter();
    try {
      return requireNonNull(store.blobs(), "blobs returned null");
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
      store.close();
    } catch (Throwable e) {
      throw guard.failure(e);
    } finally {
      guard.leave(before);
    }
  }
}
