package io.gantry.api.export;

import io.gantry.api.oci.Descriptor;
import io.gantry.api.oci.ImageDocument;
import io.gantry.api.oci.Manifest;
import java.util.List;
import java.util.Optional;

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
  boolean include(ImageDocument referrer) {
    if (wanted.isEmpty()) {
      return false;
    }
    List<String> types = wanted.get();
    return types.isEmpty()
        || (referrer instanceof Manifest manifest
            && (types.contains(manifest.artifactType().orElse(manifest.config().mediaType()))
                || manifest.layers().stream()
                    .map(Descriptor::mediaType)
                    .anyMatch(types::contains)));
  }
}
