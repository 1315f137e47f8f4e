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
import java.util.TreeSet;
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

  /** What was found, in that order: an image that turns out not to be whole is forgotten again. */
  private final List<Digest> found = new ArrayList<>();

  /** A complaint that names the image already, on its way out. */
  private @Nullable GantryException told;

  private long totalBytes;

  /** A blob may be a leaf by one path and a document by another; only the latter has children. */
  private record Visit(Digest digest, String mediaType, boolean whole) {}

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
          missing.add(
              new MissingImage(root.digest(), Optional.of(wanted), Optional.empty(), reason));
        }
      }
    }
  }

  /** Finds the blobs of one image, all of them for whatever platform. */
  void walkWhole(Descriptor root) throws IOException {
    walk(root, IndexChoice.ALL, 0);
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
    List<Descriptor> children = childrenOf(descriptor, wanted);
    Set<Platform> matched =
        isIndex
            ? walkIndex(descriptor.digest(), children, wanted, depth)
            : walkManifest(children, wanted, depth);
    visited.put(visit, matched);
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
      Digest index, List<Descriptor> children, IndexChoice wanted, int depth) throws IOException {
    Set<Platform> matched = new HashSet<>();
    int whole = 0;
    for (Descriptor child : children) {
      int before = found.size();
      try {
        Set<Platform> below = walk(child, wanted, depth + 1);
        matched.addAll(MediaTypes.isIndex(child.mediaType()) ? below : wanted.matching(child));
        whole++;
      } catch (GantryException e) {
        if (e.kind() != Kind.NOT_FOUND || e == told) {
          throw e;
        }
        leaveOut(index, child, e);
        forgetAfter(before);
      }
    }
    if (whole == 0 && !children.isEmpty()) {
      throw new GantryException(
          Kind.NOT_FOUND, "index %s: the source has none of its images whole".formatted(index));
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
    missing.add(
        new MissingImage(
            index,
            child.platform(),
            Optional.of(child.digest()),
            String.valueOf(cause.getMessage())));
  }

  private void forgetAfter(int number) {
    List<Digest> tail = found.subList(number, found.size());
    Set<Digest> forgotten = new HashSet<>(tail);
    tail.clear();
    visited.keySet().removeIf(visit -> forgotten.contains(visit.digest()));
    for (Digest digest : forgotten) {
      Descriptor blob = blobs.remove(digest);
      totalBytes -= blob == null ? 0 : blob.size();
      skipped.remove(digest);
    }
  }

  private ImageDocument read(Descriptor descriptor) throws IOException {
    return ImageDocument.parse(descriptor, ManifestReader.read(source, descriptor));
  }

  /** Bare, as the children of every level above are kept while one is walked. */
  private List<Descriptor> childrenOf(Descriptor descriptor, IndexChoice wanted)
      throws IOException {
    ImageDocument document = read(descriptor);
    List<Descriptor> children =
        MediaTypes.isIndex(descriptor.mediaType())
            ? wanted.of(source, document)
            : document.children();
    return children.stream().map(Descriptor::bare).toList();
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
    Descriptor known = blobs.putIfAbsent(descriptor.digest(), descriptor.bare());
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

  private void checkNumber() throws GantryException {
    if (blobs.size() + skipped.size() > MAX_BLOBS) {
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

  /** Returns the manifests and indexes among the blobs. */
  Set<Digest> documents() {
    return visited.keySet().stream()
        .map(Visit::digest)
        .filter(blobs::containsKey)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  boolean found(Descriptor descriptor) {
    return blobs.containsKey(descriptor.digest());
  }
}
