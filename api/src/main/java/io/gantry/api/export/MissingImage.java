package io.gantry.api.export;

import static java.util.Objects.requireNonNull;

import io.gantry.api.oci.Digest;
import io.gantry.api.oci.Platform;
import java.util.Optional;

/**
 * An image of an index, or something that refers to an image, that an export leaves out because the
 * source does not have it whole.
 *
 * @param neededBy the index that lists it or was expected to, or the image that it refers to
 * @param platform what it is for, if that is known
 * @param manifest the image; empty if the index lists none for the platform
 * @param reason what is missing, one line
 */
public record MissingImage(
    Digest neededBy, Optional<Platform> platform, Optional<Digest> manifest, String reason) {

  /** Checks that no part is null. */
  public MissingImage {
    requireNonNull(neededBy, "neededBy");
    requireNonNull(platform, "platform");
    requireNonNull(manifest, "manifest");
    requireNonNull(reason, "reason");
  }
}
