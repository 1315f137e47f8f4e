package io.gantry.api.layout;

import static java.util.Objects.requireNonNull;

import io.gantry.api.oci.Digest;

/**
 * A blob as it lies on a carrier; nobody has looked into it.
 *
 * @param digest the digest that names it
 * @param size its length in bytes
 */
public record StoredBlob(Digest digest, long size) {
  /** Checks that there is a digest. */
  public StoredBlob {
    requireNonNull(digest, "digest");
  }
}
