package io.gantry.api.export;

import io.gantry.api.oci.Descriptor;
import io.gantry.api.oci.ImageDocument;
import io.gantry.api.oci.Index;
import io.gantry.api.oci.Manifest;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Which referrers are wanted, by the type of artifact.
 *
 * @param wanted the types, none for all; empty if no referrer is wanted
 */
record ReferrerTypes(Optional<List<String>> wanted) {
  static final ReferrerTypes NONE = new ReferrerTypes(Optional.empty());

  static ReferrerTypes of(ExportRequest request) {
    return new ReferrerTypes(request.referrers());
  }

  /**
   * Returns whether this one is wanted. What has no type of artifact has that of its configuration,
   * as in the referrers API; cosign's and buildkit's say nothing there, but with their layers.
   */
  boolean include(Descriptor entry, ImageDocument referrer) {
    return mayInclude(entry)
        || (wanted.isPresent() && typesOf(referrer).anyMatch(wanted.get()::contains));
  }

  /** Returns whether this one is wanted by what its descriptor says alone. */
  boolean mayInclude(Descriptor entry) {
    return wanted.isPresent()
        && (wanted.get().isEmpty()
            || entry.artifactType().filter(wanted.get()::contains).isPresent());
  }

  private static Stream<String> typesOf(ImageDocument referrer) {
    if (referrer instanceof Manifest manifest) {
      return Stream.concat(
          Stream.of(manifest.artifactType().orElse(manifest.config().mediaType())),
          manifest.layers().stream().map(Descriptor::mediaType));
    }
    return referrer instanceof Index index ? index.artifactType().stream() : Stream.empty();
  }
}
