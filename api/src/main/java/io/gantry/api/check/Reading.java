package io.gantry.api.check;

import io.gantry.api.oci.Digest;
import java.util.Optional;

/**
 * What came of reading a blob.
 *
 * @param size how many bytes there are
 * @param digest the digest that they have; empty if the blob could not be read
 * @param failure why it could not be read
 */
record Reading(long size, Optional<Digest> digest, Optional<Failure> failure) {

  /**
   * The end of a reading.
   *
   * @param kind {@code MISSING} or {@code UNREADABLE}
   * @param detail what was seen
   */
  record Failure(Fault.Kind kind, String detail) {}

  static Reading of(long size, Digest digest) {
    return new Reading(size, Optional.of(digest), Optional.empty());
  }

  static Reading failed(Fault.Kind kind, String detail) {
    return new Reading(0, Optional.empty(), Optional.of(new Failure(kind, detail)));
  }

  boolean missing() {
    return failure.filter(end -> end.kind() == Fault.Kind.MISSING).isPresent();
  }

  /** Returns whether this is the content of a descriptor, byte for byte. */
  boolean proves(Digest expected, long expectedSize) {
    return size == expectedSize && digest.equals(Optional.of(expected));
  }

  /** Returns what is wrong with the blob of a digest, whatever size it should have. */
  Optional<Failure> faultOf(Digest expected) {
    if (failure.isPresent() || digest.equals(Optional.of(expected))) {
      return failure;
    }
    return Optional.of(
        new Failure(
            Fault.Kind.ALTERED,
            "its %d bytes have the digest %s"
                .formatted(size, digest.map(Digest::toString).orElse(""))));
  }

  /** Returns what is wrong with the blob of a descriptor: its size, then its digest. */
  Optional<Failure> faultOf(Digest expected, long expectedSize) {
    if (failure.isPresent() || size == expectedSize) {
      return faultOf(expected);
    }
    return Optional.of(
        new Failure(
            size < expectedSize ? Fault.Kind.SHORT : Fault.Kind.LONG,
            "%d bytes expected, %d in the source%s"
                .formatted(
                    expectedSize,
                    size,
                    // Then the blob is whole, and it is its descriptor that errs.
                    digest.equals(Optional.of(expected)) ? ", which have this digest" : "")));
  }
}
