package io.gantry.api.export;

import io.gantry.api.GantryException;
import io.gantry.api.GantryException.Kind;
import io.gantry.api.content.BlobReader;
import io.gantry.api.content.ContentStore;
import io.gantry.api.content.ManifestReader;
import io.gantry.api.content.Verification;
import io.gantry.api.oci.Descriptor;
import io.gantry.api.oci.Digest;
import io.gantry.api.oci.ImageDocument;
import io.gantry.api.oci.MediaTypes;
import io.gantry.api.oci.Platform;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Finds every blob that an image needs: an index leads to its manifests, a manifest to its
 * configuration and layers, anything else to nothing. A document is read once however many paths
 * lead to it, and depth and number are bounded, so that no graph takes for ever.
 */
final class ImageWalker {
  private static final int MAX_DEPTH = 32;
  private static final int MAX_BLOBS = 250_000;
  private static final int MAX_PLATFORMS_SHOWN = 20;

  private final ContentStore source;
  private final IndexChoice choice;
  private final boolean skipMissing;
  private final Map<Digest, Descriptor> blobs = new TreeMap<>();
  private final Map<Digest, Descriptor> skipped = new TreeMap<>();
  private final List<MissingImage> missing = new ArrayList<>();
  private final Map<Visit, Set<Platform>> visited = new HashMap<>();

  /** One text for each type, as a hundred thousand layers have a handful of them. */
  private final Map<String, String> mediaTypes = new HashMap<>();

  /** What was found, in that order: an image that turns out not to be whole is forgotten again. */
  private final List<Digest> found = new ArrayList<>();

  /** The keys of {@code visited}, in the order in which they were put there. */
  private final List<Visit> visits = new ArrayList<>();

  /** Platforms of which an image is listed and not whole. */
  private final Set<Platform> leftOut = new HashSet<>();

  /** A complaint that names the image already, on its way out. */
  private @Nullable GantryException told;

  private long totalBytes;

  /** A blob may be a leaf by one path and a document by another; only the latter has children. */
  record Visit(Digest digest, String mediaType, boolean whole) {
    /** Returns that of the digest, which hardly any other visit has. */
    @Override
    public int hashCode() {
      return digest.hashCode();
    }
  }

  /**
   * Makes a walker.
   *
   * @param choice what to follow of an index
   * @param skipMissing whether an image of an index may be missing in the source
   */
  ImageWalker(ContentStore source, IndexChoice choice, boolean skipMissing) {
    this.source = source;
    this.choice = choice;
    this.skipMissing = skipMissing;
  }

  /**
   * Finds the blobs of one image.
   *
   * @throws GantryException of kind {@code NOT_FOUND} if it is an index without an image for a
   *     platform that was asked for
   */
  void walk(Descriptor root) throws IOException {
    Set<Platform> matched = walk(root, choice, 0);
    if (MediaTypes.isIndex(root.mediaType())) {
      for (Platform wanted : choice.platforms()) {
        if (!matched.contains(wanted)) {
          String reason =
              "index %s: no image for the platform %s; it has %s"
                  .formatted(root.digest(), wanted, offered(root));
          if (!skipMissing || matched.isEmpty()) {
            throw new GantryException(Kind.NOT_FOUND, reason);
          }
          if (!leftOut.contains(wanted)) {
            missing.add(
                new MissingImage(root.digest(), Optional.of(wanted), Optional.empty(), reason));
          }
        }
      }
    }
  }

  /**
   * Finds the blobs of what refers to something else, all of them for whatever platform.
   *
   * @return whether the source has it; that it has not is an error unless what is missing may be
   */
  boolean walkReferrer(Descriptor referrer, Digest subject) throws IOException {
    Mark before = mark();
    try {
      walk(referrer, IndexChoice.ALL, 0);
      return true;
    } catch (GantryException e) {
      if (e.kind() != Kind.NOT_FOUND) {
        throw e;
      }
      if (!skipMissing) {
        throw new GantryException(
            Kind.NOT_FOUND,
            "%s, which refers to %s, is not whole in the source: %s"
                .formatted(referrer.digest(), subject, e.getMessage()),
            e);
      }
      addMissing(subject, referrer, e);
      forget(before);
      return false;
    }
  }

  /** Returns the platforms asked for that the children of {@code descriptor} are for. */
  private Set<Platform> walk(Descriptor descriptor, IndexChoice wanted, int depth)
      throws IOException {
    boolean isIndex = MediaTypes.isIndex(descriptor.mediaType());
    if (!isIndex && !MediaTypes.isManifest(descriptor.mediaType())) {
      addLeaf(descriptor);
      return Set.of();
    }
    if (depth > MAX_DEPTH) {
      throw new GantryException(
          Kind.INVALID_IMAGE,
          "index %s: nested more than %d deep".formatted(descriptor.digest(), MAX_DEPTH));
    }
    addBlob(descriptor);
    Visit visit = new Visit(descriptor.digest(), descriptor.mediaType(), wanted == IndexChoice.ALL);
    Set<Platform> known = visited.get(visit);
    if (known != null) {
      return known;
    }
    Set<Platform> matched =
        isIndex
            ? walkIndex(descriptor.digest(), wanted.of(source, read(descriptor)), wanted, depth)
            : walkManifest(childrenOf(descriptor), wanted, depth);
    visited.put(visit, matched);
    visits.add(visit);
    return matched;
  }

  private Set<Platform> walkManifest(List<Descriptor> children, IndexChoice wanted, int depth)
      throws IOException {
    for (Descriptor child : children) {
      walk(child, wanted, depth + 1);
    }
    return Set.of();
  }

  private Set<Platform> walkIndex(
      Digest index, List<IndexChoice.Entry> children, IndexChoice wanted, int depth)
      throws IOException {
    Set<Platform> matched = new HashSet<>();
    Set<Digest> lost = new HashSet<>();
    String reason = "";
    // What attests an image comes after it, and stays behind with it.
    for (IndexChoice.Entry entry : children) {
      Descriptor child = entry.blob();
      if (entry.attested().filter(lost::contains).isPresent()) {
        lost.add(child.digest());
        continue;
      }
      Mark before = mark();
      try {
        Set<Platform> below = walk(child, wanted, depth + 1);
        matched.addAll(MediaTypes.isIndex(child.mediaType()) ? below : wanted.matching(child));
      } catch (GantryException e) {
        if (e.kind() != Kind.NOT_FOUND || e == told) {
          throw e;
        }
        leaveOut(index, child, e);
        forget(before);
        leftOut.addAll(wanted.matching(child));
        lost.add(child.digest());
        reason = reason.isEmpty() ? String.valueOf(e.getMessage()) : reason;
      }
    }
    if (!lost.isEmpty()
        && children.stream().allMatch(entry -> lost.contains(entry.blob().digest()))) {
      throw new GantryException(
          Kind.NOT_FOUND,
          "index %s: the source has none of its images whole: %s".formatted(index, reason));
    }
    return matched;
  }

  private void leaveOut(Digest index, Descriptor child, GantryException cause)
      throws GantryException {
    if (!skipMissing) {
      String platform = child.platform().map(has -> " for the platform " + has).orElse("");
      told =
          new GantryException(
              Kind.NOT_FOUND,
              "index %s: its image %s%s is not whole in the source: %s"
                  .formatted(index, child.digest(), platform, cause.getMessage()),
              cause);
      throw told;
    }
    addMissing(index, child, cause);
  }

  private void addMissing(Digest neededBy, Descriptor image, GantryException cause)
      throws GantryException {
    missing.add(
        new MissingImage(
            neededBy,
            image.platform(),
            Optional.of(image.digest()),
            String.valueOf(cause.getMessage())));
    checkNumber();
  }

  /** How much had been found at some point. */
  private record Mark(int found, int visits) {}

  private Mark mark() {
    return new Mark(found.size(), visits.size());
  }

  private void forget(Mark mark) {
    List<Digest> blobsSince = found.subList(mark.found(), found.size());
    for (Digest digest : blobsSince) {
      Descriptor blob = blobs.remove(digest);
      totalBytes -= blob == null ? 0 : blob.size();
      skipped.remove(digest);
    }
    blobsSince.clear();
    List<Visit> visitsSince = visits.subList(mark.visits(), visits.size());
    visitsSince.forEach(visited::remove);
    visitsSince.clear();
  }

  private ImageDocument read(Descriptor descriptor) throws IOException {
    return ImageDocument.parse(descriptor, ManifestReader.read(source, descriptor));
  }

  /** Bare, as the children of every level above are kept while one is walked. */
  private List<Descriptor> childrenOf(Descriptor manifest) throws IOException {
    return read(manifest).children().stream().map(Descriptor::bare).toList();
  }

  private String offered(Descriptor index) throws IOException {
    String offered =
        read(index).children().stream()
            .flatMap(entry -> entry.platform().stream())
            .map(Platform::toString)
            .distinct()
            .limit(MAX_PLATFORMS_SHOWN)
            .collect(Collectors.joining(", "));
    return offered.isEmpty() ? "none" : offered;
  }

  private void addBlob(Descriptor descriptor) throws GantryException {
    Descriptor known = blobs.putIfAbsent(descriptor.digest(), kept(descriptor));
    if (known != null && known.size() != descriptor.size()) {
      throw new GantryException(
          Kind.CONTENT_MISMATCH,
          "blob %s: described with %d bytes and with %d"
              .formatted(descriptor.digest(), known.size(), descriptor.size()));
    }
    if (known == null) {
      found.add(descriptor.digest());
      totalBytes += descriptor.size();
      if (totalBytes < 0) {
        throw new GantryException(
            Kind.INVALID_IMAGE,
            "blob %s: with its %d bytes the images have more than %d"
                .formatted(descriptor.digest(), descriptor.size(), Long.MAX_VALUE));
      }
    }
    checkNumber();
  }

  private Descriptor kept(Descriptor descriptor) {
    String mediaType = mediaTypes.computeIfAbsent(descriptor.mediaType(), Function.identity());
    return Descriptor.of(mediaType, descriptor.digest(), descriptor.size());
  }

  private void checkNumber() throws GantryException {
    if (blobs.size() + skipped.size() + missing.size() > MAX_BLOBS) {
      throw new GantryException(
          Kind.INVALID_IMAGE, "more than %d blobs in one export".formatted(MAX_BLOBS));
    }
  }

  private void addLeaf(Descriptor descriptor) throws IOException {
    if (blobs.containsKey(descriptor.digest())) {
      addBlob(descriptor);
      return;
    }
    if (skipped.containsKey(descriptor.digest())
        && MediaTypes.isNonDistributable(descriptor.mediaType())) {
      return;
    }
    try (BlobReader reader = source.open(descriptor)) {
      Verification.size(descriptor.digest(), descriptor.size(), reader.size());
    } catch (GantryException e) {
      if (e.kind() == Kind.NOT_FOUND && MediaTypes.isNonDistributable(descriptor.mediaType())) {
        skipped.put(descriptor.digest(), descriptor.bare());
        found.add(descriptor.digest());
        checkNumber();
        return;
      }
      throw e;
    }
    addBlob(descriptor);
  }

  /** Returns every blob once, in the order of the digests. */
  List<Descriptor> blobs() {
    return new ArrayList<>(blobs.values());
  }

  /** Returns the layers that may be absent and are. */
  List<Descriptor> skipped() {
    return new ArrayList<>(skipped.values());
  }

  /** Returns the images of indexes that are left out. */
  List<MissingImage> missing() {
    return missing;
  }

  /**
   * Returns the manifests and indexes that were found, in that order; what is found later is added
   * to the list.
   */
  List<Visit> visits() {
    return visits;
  }

  boolean found(Descriptor descriptor) {
    return blobs.containsKey(descriptor.digest());
  }
}
