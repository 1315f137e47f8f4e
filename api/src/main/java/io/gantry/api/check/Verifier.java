package io.gantry.api.check;

import static java.util.Objects.requireNonNull;

import io.gantry.api.GantryException;
import io.gantry.api.GantryException.Kind;
import io.gantry.api.content.ContentStore;
import io.gantry.api.oci.Descriptor;
import io.gantry.api.oci.Digest;
import io.gantry.api.oci.ImageDocument;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Reads and hashes everything that the images of a source need, each blob once, and tells of every
 * fault rather than of the first. Nothing is changed. Immutable; the source is the caller's to
 * close.
 */
public final class Verifier {
  private static final int LEAST_PARALLELISM = 8;

  private final ContentStore source;
  private final int parallelism;
  private final boolean skipMissing;

  private Verifier(ContentStore source, int parallelism, boolean skipMissing) {
    this.source = source;
    this.parallelism = parallelism;
    this.skipMissing = skipMissing;
  }

  /** Makes a verifier of a source. */
  public Verifier(ContentStore source) {
    // A carrier waits more than it computes.
    this(
        requireNonNull(source, "source"),
        Math.max(LEAST_PARALLELISM, Runtime.getRuntime().availableProcessors()),
        false);
  }

  /**
   * Returns this verifier, hashing up to so many blobs at a time. The report does not depend on it.
   * By default it is the number of processors and no fewer than 8; with 1 everything happens on the
   * calling thread.
   *
   * @param blobs at least 1
   */
  public Verifier parallel(int blobs) {
    if (blobs < 1) {
      throw new IllegalArgumentException("%d blobs at a time are too few".formatted(blobs));
    }
    return new Verifier(source, blobs, skipMissing);
  }

  /**
   * Returns this verifier for images of which some platforms may be missing: a manifest that an
   * index lists and that the source does not have is {@linkplain VerifyReport#skipped skipped}, and
   * no fault.
   */
  public Verifier skippingMissing() {
    return new Verifier(source, parallelism, true);
  }

  /**
   * Verifies all that the source holds: its images, and then the blobs that none of them needs, if
   * the source can tell what it holds. Such a blob is no fault by itself, but one whose content is
   * not that of its digest is: whoever comes to need it would take it for what it is named.
   *
   * @throws GantryException of kind {@code SOURCE_FAILED} if the source cannot be listed or its
   *     images have too many blobs for one report, {@code INTERRUPTED} if the thread was
   */
  public VerifyReport verify() throws GantryException {
    try {
      return verify(source.roots(), true);
    } catch (IOException e) {
      throw GantryException.of(Kind.SOURCE_FAILED, "cannot read the source", e);
    }
  }

  /**
   * Verifies some images.
   *
   * @param images their manifests or indexes; the names that their annotations give them are told
   *     with the faults
   * @throws GantryException of kind {@code SOURCE_FAILED} if the images have too many blobs for one
   *     report, {@code INTERRUPTED} if the thread was interrupted
   */
  public VerifyReport verify(List<Descriptor> images) throws GantryException {
    try {
      return verify(images, false);
    } catch (IOException e) {
      throw GantryException.of(Kind.SOURCE_FAILED, "cannot read the source", e);
    }
  }

  private VerifyReport verify(List<Descriptor> images, boolean whole) throws IOException {
    try (CheckThreads threads = new CheckThreads(parallelism)) {
      CheckedWalk walk =
          new CheckedWalk(new BlobHasher(source, threads::stopped), threads, skipMissing);
      Set<Digest> roots = new LinkedHashSet<>();
      for (Descriptor image : images) {
        roots.add(image.digest());
        walk.walk(image);
      }
      Optional<Set<Digest>> others = whole ? notReached(walk) : Optional.empty();
      for (Digest other : others.orElse(Set.of())) {
        // No more is known of it; the size is a hint of how much to read at first.
        walk.hash(Descriptor.of("application/octet-stream", other, ImageDocument.MAX_BYTES));
      }
      threads.await();
      return report(roots.size(), walk, others);
    }
  }

  private Optional<Set<Digest>> notReached(CheckedWalk walk) throws IOException {
    Optional<List<Digest>> held = source.blobs();
    if (held.isEmpty()) {
      return Optional.empty();
    }
    Set<Digest> others = new TreeSet<>(held.get());
    others.removeIf(walk::reached);
    return Optional.of(others);
  }

  private static VerifyReport report(int images, CheckedWalk walk, Optional<Set<Digest>> others) {
    List<Fault> faults = new ArrayList<>();
    List<Descriptor> skipped = new ArrayList<>();
    walk.report(faults, skipped);
    List<UnreachableBlob> unreachable = new ArrayList<>();
    for (Digest blob : others.orElse(Set.of())) {
      Reading reading = walk.reading(blob);
      if (!reading.missing()) {
        // Else somebody has removed it since it was listed, as anybody may.
        unreachable.add(new UnreachableBlob(blob, reading.size()));
        reading
            .faultOf(blob)
            .ifPresent(
                end -> faults.add(new Fault(end.kind(), blob, end.detail(), Optional.empty())));
      }
    }
    int blobs = 0;
    long bytes = 0;
    for (Reading reading : walk.readings()) {
      if (reading.failure().isEmpty()) {
        blobs++;
        bytes += reading.size();
      }
    }
    return new VerifyReport(
        images, blobs, bytes, faults, skipped, others.map(held -> List.copyOf(unreachable)));
  }
}
