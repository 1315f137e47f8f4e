package io.gantry.api.export;

import io.gantry.api.GantryException;
import io.gantry.api.content.ContentStore;
import io.gantry.api.content.ManifestReader;
import io.gantry.api.driver.RunnableImage;
import io.gantry.api.oci.Annotations;
import io.gantry.api.oci.Descriptor;
import io.gantry.api.oci.Digest;
import io.gantry.api.oci.ImageConfig;
import io.gantry.api.oci.ImageDocument;
import io.gantry.api.oci.ImageName;
import io.gantry.api.oci.Manifest;
import io.gantry.api.oci.MediaTypes;
import io.gantry.api.oci.Platform;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Finds the images that Docker's {@code manifest.json} may list. It has room for one platform under
 * one name: of an index that is the first platform asked for, or linux/amd64, which is what
 * containerd takes on such a machine; a fixed choice, so that every machine writes the same
 * archive.
 */
final class RunnableImages {
  private static final Platform PREFERRED = Platform.of("linux", "amd64", Optional.empty());

  private final ContentStore source;
  private final List<Platform> platforms;
  private final ImageWalker walked;

  RunnableImages(ContentStore source, List<Platform> platforms, ImageWalker walked) {
    this.source = source;
    this.platforms = platforms.isEmpty() ? List.of(PREFERRED) : platforms;
    this.walked = walked;
  }

  /** Returns one image for each manifest, with all its names, in the order of the index. */
  List<RunnableImage> of(List<Descriptor> roots) throws IOException {
    Map<Digest, Descriptor> manifests = new LinkedHashMap<>();
    Map<Digest, Set<ImageName>> names = new LinkedHashMap<>();
    // An index.json may name one index a hundred thousand times.
    Map<Descriptor, Optional<Descriptor>> chosen = new HashMap<>();
    for (Descriptor root : roots) {
      Optional<Descriptor> manifest = chosen.get(root.bare());
      if (manifest == null) {
        manifest = choose(root);
        chosen.put(root.bare(), manifest);
      }
      if (manifest.isPresent()) {
        Digest digest = manifest.get().digest();
        manifests.putIfAbsent(digest, manifest.get());
        Set<ImageName> known = names.computeIfAbsent(digest, d -> new LinkedHashSet<>());
        nameOf(root).ifPresent(known::add);
      }
    }
    List<RunnableImage> images = new ArrayList<>();
    for (Map.Entry<Digest, Descriptor> entry : manifests.entrySet()) {
      runnable(entry.getValue(), List.copyOf(names.getOrDefault(entry.getKey(), Set.of())))
          .ifPresent(images::add);
    }
    return images;
  }

  private Optional<Descriptor> choose(Descriptor root) throws IOException {
    if (MediaTypes.isManifest(root.mediaType())) {
      return Optional.of(root);
    }
    if (!MediaTypes.isIndex(root.mediaType())) {
      return Optional.empty();
    }
    ImageDocument index = ImageDocument.parse(root, ManifestReader.read(source, root));
    List<Descriptor> manifests =
        index.children().stream()
            .filter(child -> MediaTypes.isManifest(child.mediaType()) && walked.found(child))
            .toList();
    for (Platform wanted : platforms) {
      for (Descriptor manifest : manifests) {
        if (manifest.platform().filter(wanted::matches).isPresent()) {
          return Optional.of(manifest);
        }
      }
    }
    Optional<Descriptor> unmarked =
        manifests.stream().filter(manifest -> manifest.platform().isEmpty()).findFirst();
    return unmarked.isEmpty() && manifests.size() == 1 ? Optional.of(manifests.get(0)) : unmarked;
  }

  /** Loaders compare the number of layers with the configuration, and find no artifact there. */
  private Optional<RunnableImage> runnable(Descriptor descriptor, List<ImageName> names)
      throws IOException {
    if (!(ImageDocument.parse(descriptor, ManifestReader.read(source, descriptor))
        instanceof Manifest manifest)) {
      return Optional.empty();
    }
    Descriptor config = manifest.config();
    if (!MediaTypes.isImageConfig(config.mediaType())
        || config.size() > ImageDocument.MAX_BYTES
        || !manifest.layers().stream().allMatch(walked::found)) {
      return Optional.empty();
    }
    byte[] content = ManifestReader.read(source, config);
    try {
      if (ImageConfig.layerCount(config.digest(), content).orElse(-1) != manifest.layers().size()) {
        return Optional.empty();
      }
    } catch (GantryException notAnImage) {
      // A configuration is opaque to the export: one that cannot be read is carried all the same.
      return Optional.empty();
    }
    return Optional.of(
        new RunnableImage(
            descriptor.bare(),
            config.bare(),
            manifest.layers().stream().map(Descriptor::bare).toList(),
            names));
  }

  private static Optional<ImageName> nameOf(Descriptor root) {
    String full = root.annotations().get(Annotations.IMAGE_NAME);
    String reference = root.annotations().get(Annotations.REF_NAME);
    String name =
        full != null ? full : reference != null && ImageName.isFullName(reference) ? reference : "";
    try {
      // Docker's loader takes name:tag and nothing else.
      return Optional.of(ImageName.parse(name)).filter(parsed -> parsed.tag().isPresent());
    } catch (IllegalArgumentException noName) {
      return Optional.empty();
    }
  }
}
