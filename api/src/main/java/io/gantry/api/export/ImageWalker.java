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
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

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
  private final List<Platform> platforms;
  private final Map<Digest, Descriptor> blobs = new TreeMap<>();
  private final Map<Digest, Descriptor> skipped = new TreeMap<>();
  private final Map<Visit, Set<Platform>> visited = new HashMap<>();

  private long totalBytes;

  /** A blob may be a leaf by one path and a document by another; only the latter has children. */
  private record Visit(Digest digest, String mediaType) {}

  /**
   * Makes a walker.
   *
   * @param platforms what to follow of an index; none for all of it
   */
  ImageWalker(ContentStore source, List<Platform> platforms) {
    this.source = source;
    this.platforms = platforms;
  }

  /**
   * Finds the blobs of one image.
   *
   * @throws GantryException of kind {@code NOT_FOUND} if it is an index without an image for a
   *     platform that was asked for
   */
  void walk(Descriptor root) throws IOException {
    Set<Platform> matched = walk(root, 0);
    if (MediaTypes.isIndex(root.mediaType())) {
      for (Platform wanted : platforms) {
        if (!matched.contains(wanted)) {
          throw new GantryException(
              Kind.NOT_FOUND,
              "index %s: no image for the platform %s; it has %s"
                  .formatted(root.digest(), wanted, offered(root)));
        }
      }
    }
  }

  /** Returns the platforms asked for that the children of {@code descriptor} are for. */
  private Set<Platform> walk(Descriptor descriptor, int depth) throws IOException {
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
    Visit visit = new Visit(descriptor.digest(), descriptor.mediaType());
    Set<Platform> known = visited.get(visit);
    if (known != null) {
      return known;
    }
    Set<Platform> matched = new HashSet<>();
    for (Descriptor child : childrenOf(descriptor)) {
      List<Platform> wanted = isIndex ? wantedOf(child) : List.of();
      if (isIndex && !platforms.isEmpty() && wanted.isEmpty()) {
        continue;
      }
      Set<Platform> below = walk(child, depth + 1);
      matched.addAll(MediaTypes.isIndex(child.mediaType()) ? below : wanted);
    }
    visited.put(visit, matched);
    return matched;
  }

  /** Bare, as the children of every level above are kept while one is walked. */
  private List<Descriptor> childrenOf(Descriptor descriptor) throws IOException {
    return ImageDocument.parse(descriptor, ManifestReader.read(source, descriptor))
        .children()
        .stream()
        .map(Descriptor::bare)
        .toList();
  }

  /** As with containerd, an entry that does not say its platform is one for any. */
  private List<Platform> wantedOf(Descriptor entry) {
    return entry
        .platform()
        .map(has -> platforms.stream().filter(wanted -> wanted.matches(has)).toList())
        .orElse(platforms);
  }

  private String offered(Descriptor index) throws IOException {
    String offered =
        childrenOf(index).stream()
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

  boolean found(Descriptor descriptor) {
    return blobs.containsKey(descriptor.digest());
  }
}
