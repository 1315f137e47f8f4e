package io.gantry.api.export;

import static java.util.Objects.requireNonNull;

import io.gantry.api.oci.Digest;
import io.gantry.api.oci.Platform;
import java.util.Optional;

/**
 * An image of an index that an export leaves out because the source does not have it.
 *
 * @param index what lists it or was expected to
 * @param platform what it is for, if that is known
 * @param manifest the image; empty if the index lists none for the platform
 * @param reason what is missing, one line
 */
public record MissingImage(
    Digest index, Optional<Platform> platform, Optional<Digest> manifest, String reason) {

  /** Checks that no part is null. */
  public MissingImage {
    requireNonNull(index, "index");
    requireNonNull(platform, "platform");
    requireNonNull(manifest, "manifest");
    requireNonNull(reason, "reason");
  }
}
