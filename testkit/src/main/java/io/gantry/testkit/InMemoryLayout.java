package io.gantry.testkit;

import static java.util.Objects.requireNonNull;

import io.gantry.api.GantryException;
import io.gantry.api.GantryException.Kind;
import io.gantry.api.layout.Layout;
import io.gantry.api.layout.PruneOptions;
import io.gantry.api.layout.PruneReport;
import io.gantry.api.layout.ReachableBlobs;
import io.gantry.api.layout.Removal;
import io.gantry.api.layout.StoredBlob;
import io.gantry.api.oci.Descriptor;
import io.gantry.api.oci.Digest;
import io.gantry.api.oci.Index;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Looks after a place in memory and keeps the rules P of {@link ImageDriverContract}. Memory does
 * not know when it was written: with any grace at all, every blob is young.
 */
public final class InMemoryLayout implements Layout {
  private final InMemoryPlace place;

  /**
   * Opens a place.
   *
   * @throws GantryException of kind {@code NOT_FOUND} if nothing was published there
   */
  public InMemoryLayout(InMemoryPlace place) throws GantryException {
    this.place = requireNonNull(place, "place");
    published();
  }

  private InMemoryStore published() throws GantryException {
    return place
        .published()
        .orElseThrow(
            () -> new GantryException(Kind.NOT_FOUND, place + ": nothing was published there"));
  }

  @Override
  public List<Descriptor> remove(Removal removal) throws IOException {
    synchronized (place) {
      InMemoryStore store = published();
      List<Descriptor> gone = removal.entriesOf(Index.of(store.roots()));
      List<Descriptor> left = new ArrayList<>(store.roots());
      left.removeAll(gone);
      place.write();
      replace(store, store.digests(), left);
      return gone;
    }
  }

  @Override
  public PruneReport prune(PruneOptions options) throws IOException {
    synchronized (place) {
      if (place.isWrittenTo()) {
        throw new GantryException(
            Kind.TARGET_FAILED, place + ": an export is at work; prune when it has ended");
      }
      InMemoryStore store = published();
      Set<Digest> needed = ReachableBlobs.of(store, store.roots());
      List<Digest> kept = store.digests().stream().filter(needed::contains).toList();
      List<StoredBlob> unneeded =
          store.digests().stream()
              .filter(digest -> !needed.contains(digest))
              .sorted()
              .map(digest -> new StoredBlob(digest, store.content(digest).orElseThrow().length))
              .toList();
      boolean young = !options.grace().isZero();
      if (!young && !options.dryRun()) {
        place.write();
        replace(store, kept, store.roots());
      }
      return new PruneReport(
          young ? List.of() : unneeded,
          young ? unneeded : List.of(),
          kept.size(),
          List.of(),
          List.of());
    }
  }

  /** Leaves the old store as it is, as those who read from it have it. */
  private void replace(InMemoryStore store, List<Digest> blobs, List<Descriptor> roots) {
    InMemoryStore next = new InMemoryStore();
    for (Digest digest : blobs) {
      next.put(digest, store.content(digest).orElseThrow());
    }
    roots.forEach(next::offer);
    place.publish(next);
  }

  /** Does nothing: the place stays. */
  @Override
  public void close() {}
}
