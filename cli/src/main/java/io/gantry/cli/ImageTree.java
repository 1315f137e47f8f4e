package io.gantry.cli;

import io.gantry.api.GantryException;
import io.gantry.api.GantryException.Kind;
import io.gantry.api.content.ContentStore;
import io.gantry.api.content.ManifestReader;
import io.gantry.api.oci.Descriptor;
import io.gantry.api.oci.Digest;
import io.gantry.api.oci.ImageConfig;
import io.gantry.api.oci.ImageDocument;
import io.gantry.api.oci.Manifest;
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

/**
 * Reads what images consist of. A document is expanded once, however many paths lead to it, so that
 * a tree is no larger than what the source holds.
 */
final class ImageTree {
  private static final int MAX_DEPTH = 32;

  private final ContentStore source;
  private final Set<Descriptor> expanded = new HashSet<>();
  private final Map<Digest, Long> blobs = new HashMap<>();

  ImageTree(ContentStore source) {
    this.source = source;
  }

  /** Returns one image of the source, manifests read and verified. */
  ImageNode read(Descriptor image) throws IOException {
    return node(role(image), image, 0);
  }

  private static String role(Descriptor descriptor) {
    return MediaTypes.isIndex(descriptor.mediaType())
        ? "index"
        : MediaTypes.isManifest(descriptor.mediaType()) ? "manifest" : "blob";
  }

  private ImageNode node(String role, Descriptor descriptor, int depth) throws IOException {
    Descriptor bare = descriptor.bare();
    boolean isDocument =
        MediaTypes.isIndex(bare.mediaType()) || MediaTypes.isManifest(bare.mediaType());
    if (!isDocument) {
      blobs.put(bare.digest(), bare.size());
      return leaf(role, descriptor, ImageNode.State.EXPANDED);
    }
    if (depth > MAX_DEPTH) {
      throw new GantryException(
          Kind.INVALID_IMAGE,
          "index %s: nested more than %d deep".formatted(bare.digest(), MAX_DEPTH));
    }
    if (!expanded.add(bare)) {
      return leaf(role, descriptor, ImageNode.State.SHOWN_BEFORE);
    }
    ImageDocument document;
    try {
      document = ImageDocument.parse(bare, ManifestReader.read(source, bare));
    } catch (GantryException e) {
      if (e.kind() != Kind.NOT_FOUND) {
        throw e;
      }
      return leaf(role, descriptor, ImageNode.State.MISSING);
    }
    blobs.put(bare.digest(), bare.size());
    List<ImageNode> children = new ArrayList<>();
    Optional<Platform> platform = descriptor.platform();
    Optional<String> artifactType = descriptor.artifactType();
    if (document instanceof Manifest manifest) {
      platform = platform.or(() -> platformOf(manifest.config()));
      artifactType = manifest.artifactType().or(descriptor::artifactType);
      children.add(node("config", manifest.config(), depth + 1));
      for (Descriptor layer : manifest.layers()) {
        children.add(node("layer", layer, depth + 1));
      }
    } else {
      for (Descriptor child : document.children()) {
        children.add(node(role(child), child, depth + 1));
      }
    }
    return new ImageNode(
        role, descriptor, platform, artifactType, ImageNode.State.EXPANDED, children);
  }

  private static ImageNode leaf(String role, Descriptor descriptor, ImageNode.State state) {
    return new ImageNode(
        role, descriptor, descriptor.platform(), descriptor.artifactType(), state, List.of());
  }

  /** A configuration that is absent, large or not an image's says nothing. */
  private Optional<Platform> platformOf(Descriptor config) {
    if (!MediaTypes.isImageConfig(config.mediaType())) {
      return Optional.empty();
    }
    try {
      return ImageConfig.platform(config.digest(), ManifestReader.read(source, config));
    } catch (IOException unknown) {
      return Optional.empty();
    }
  }

  /** Returns how many blobs were found, each counted once. */
  int blobCount() {
    return blobs.size();
  }

  /** Returns the length of all blobs that were found, each counted once. */
  long totalBytes() {
    return blobs.values().stream().mapToLong(Long::longValue).sum();
  }
}
