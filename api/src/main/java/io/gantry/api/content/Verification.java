package io.gantry.api.content;

import io.gantry.api.GantryException;
import io.gantry.api.GantryException.Kind;
import io.gantry.api.oci.Digest;

/** The two comparisons that make content trusted, in the order in which they are made. */
public final class Verification {
  private Verification() {}

  /**
   * Compares the length of a blob with what its descriptor says; before anything is read.
   *
   * @throws GantryException of kind {@code CONTENT_MISMATCH} if they differ
   */
  public static void size(Digest blob, long expected, long actual) throws GantryException {
    if (actual != expected) {
      throw new GantryException(
          Kind.CONTENT_MISMATCH,
          "blob %s: %d bytes expected, %d in the source; fetch the image again"
              .formatted(blob, expected, actual));
    }
  }

  /**
   * Compares the digest of a blob's bytes with the one that names it; before anything is made of
   * them.
   *
   * @throws GantryException of kind {@code CONTENT_MISMATCH} if they differ
   */
  public static void digest(Digest blob, Digest actual) throws GantryException {
    if (!actual.equals(blob)) {
      throw new GantryException(
          Kind.CONTENT_MISMATCH,
          "blob %s: its content has the digest %s; fetch the image again".formatted(blob, actual));
    }
  }
}
