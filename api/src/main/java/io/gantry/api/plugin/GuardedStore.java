package io.gantry.api.plugin;

import static java.util.Objects.requireNonNull;

import io.gantry.api.content.BlobReader;
import io.gantry.api.content.ContentStore;
import io.gantry.api.oci.Descriptor;
import io.gantry.api.oci.Digest;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** A store of anybody's; safe for use by several threads, as the store is. */
final class GuardedStore implements ContentStore {
  private final ContentStore store;
  private final GuardedProvider<?> guard;
  private volatile boolean closed;

  GuardedStore(ContentStore store, GuardedProvider<?> guard) {
    this.store = store;
    this.guard = guard;
  }

  private void checkOpen(String call) {
    if (closed) {
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
      return new GuardedReader(requireNonNull(store.open(blob), "open returned null"), blob, guard);
    } catch (Throwable e) {
      throw guard.failure(e);
    } finally {
      guard.leave(before);
    }
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
    if (closed) {
      return;
    }
    closed = true;
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
