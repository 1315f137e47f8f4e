package io.gantry.api.check;

import static java.util.Objects.requireNonNull;

import io.gantry.api.oci.Digest;

/**
 * A blob that a source holds and that no image needs.
 *
 * @param digest the digest that names it
 * @param size how many bytes could be read of it
 */
public record UnreachableBlob(Digest digest, long size) {
  /** Checks that there is a digest. */
  public UnreachableBlob {
    requireNonNull(digest, "digest");
  }
}
