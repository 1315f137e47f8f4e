package io.gantry.api.export;

import static java.util.Objects.requireNonNull;

import io.gantry.api.oci.Descriptor;
import io.gantry.api.oci.Digest;

/**
 * An index that an export makes: one of the source without the images that are not exported.
 *
 * @param original the index of the source
 * @param descriptor what it has become
 * @param json its content
 */
public record RewrittenIndex(Digest original, Descriptor descriptor, String json) {

  /** Checks that no part is null. */
  public RewrittenIndex {
    requireNonNull(original, "original");
    requireNonNull(descriptor, "descriptor");
    requireNonNull(json, "json");
  }
}
