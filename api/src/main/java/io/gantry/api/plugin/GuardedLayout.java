package io.gantry.api.plugin;

import static java.util.Objects.requireNonNull;

import io.gantry.api.layout.Layout;
import io.gantry.api.layout.PruneOptions;
import io.gantry.api.layout.PruneReport;
import io.gantry.api.layout.Removal;
import io.gantry.api.oci.Descriptor;
import java.io.IOException;
import java.util.List;

/** A layout of a driver of anybody's. */
final class GuardedLayout implements Layout {
  private final Layout layout;
  private final GuardedProvider<?> guard;
  private boolean closed;

  GuardedLayout(Layout layout, GuardedProvider<?> guard) {
    this.layout = layout;
    this.guard = guard;
  }

  private void checkOpen(String call) {
    if (closed) {
      throw guard.misuse(call + " was called after close");
    }
  }

  @Override
  public List<Descriptor> remove(Removal removal) throws IOException {
    checkOpen("remove");
    ClassLoader before = guard.enter();
    try {
      return requireNonNull(layout.remove(removal), "remove returned null");
    } catch (Throwable e) {
      throw guard.failure(e);
    } finally {
      guard.leave(before);
    }
  }

  @Override
  public PruneReport prune(PruneOptions options) throws IOException {
    checkOpen("prune");
    ClassLoader before = guard.enter();
    try {
      return requireNonNull(layout.prune(options), "prune returned null");
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
      layout.close();
    } catch (Throwable e) {
      throw guard.failure(e);
    } finally {
      guard.leave(before);
    }
  }
}
