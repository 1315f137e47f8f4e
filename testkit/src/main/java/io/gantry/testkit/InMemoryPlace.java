package io.gantry.testkit;

import io.gantry.api.oci.Descriptor;
import io.gantry.api.oci.Digest;
import io.gantry.api.oci.Index;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A carrier in memory: what is published there, what runs have staged, and a fault to come. Safe
 * for use by several threads.
 */
public final class InMemoryPlace implements CarrierFault {
  private static final int NEVER = 0;

  private final String path;

  // All are guarded by this.
  private @Nullable InMemoryStore published;
  private final Map<Object, Map<Digest, byte[]>> staged = new LinkedHashMap<>();
  private final Set<Object> running = new HashSet<>();
  private int writesUntilFailure = NEVER;

  InMemoryPlace(String path) {
    this.path = path;
  }

  /** Returns what a reader finds; it does not change when more is published. */
  public synchronized Optional<InMemoryStore> published() {
    return Optional.ofNullable(published);
  }

  /** Puts content in place as if it had been exported. */
  public synchronized void publish(InMemoryStore content) {
    published = content;
  }

  /** Makes the place empty, as if nothing had ever been exported. */
  public synchronized void clear() {
    published = null;
  }

  /** Returns the digests of blobs that runs have staged and neither published nor taken back. */
  public synchronized List<Digest> staged() {
    return staged.values().stream().flatMap(blobs -> blobs.keySet().stream()).toList();
  }

  @Override
  public synchronized void failAtWrite(int n) {
    writesUntilFailure = n;
  }

  @Override
  public synchronized void heal() {
    writesUntilFailure = NEVER;
  }

  synchronized void write() throws IOException {
    if (writesUntilFailure != NEVER) {
      writesUntilFailure--;
      if (writesUntilFailure == 0) {
        // A broken carrier stays broken until it is healed.
        writesUntilFailure = 1;
        throw new IOException(this + ": no space left");
      }
    }
  }

  /** Tells that a run has begun to write, until {@link #unstage}. */
  synchronized void begin(Object run) throws IOException {
    write();
    running.add(run);
  }

  /** Returns whether a run has begun and not ended. */
  synchronized boolean isWrittenTo() {
    return !running.isEmpty();
  }

  synchronized void stage(Object run, Digest digest, byte[] content) {
    staged.computeIfAbsent(run, r -> new LinkedHashMap<>()).put(digest, content);
  }

  /** Takes back what a run staged, and ends it. */
  synchronized void unstage(Object run) {
    running.remove(run);
    staged.remove(run);
  }

  /** Publishes what a run staged, together with what is there unless that is replaced. */
  synchronized void publish(Object run, List<Descriptor> blobs, Index index, boolean overwrite)
      throws IOException {
    write();
    InMemoryStore next = new InMemoryStore();
    List<Descriptor> entries = new ArrayList<>(index.manifests());
    if (published != null && !overwrite) {
      for (Digest digest : published.digests()) {
        next.put(digest, published.content(digest).orElseThrow());
      }
      byte[] current = Index.of(published.roots()).toLayoutJson();
      entries.clear();
      entries.addAll(
          Index.parseLayoutIndex(toString(), index.addedTo(toString(), current)).manifests());
    }
    Map<Digest, byte[]> mine = staged.getOrDefault(run, Map.of());
    for (Descriptor blob : blobs) {
      byte[] content = mine.get(blob.digest());
      if (content == null && published != null) {
        content = published.content(blob.digest()).orElse(null);
      }
      if (content == null) {
        throw new IOException("%s: blob %s was never committed".formatted(this, blob.digest()));
      }
      next.put(blob.digest(), content);
    }
    entries.forEach(next::offer);
    staged.remove(run);
    published = next;
  }

  /** Returns the location that stands for this place. */
  @Override
  public String toString() {
    return InMemoryPlaces.SCHEME + ":" + path;
  }
}
