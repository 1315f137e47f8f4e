package io.gantry.api.check;

import static java.util.Objects.requireNonNull;

import io.gantry.api.oci.Descriptor;
import java.util.List;
import java.util.Optional;

/**
 * What a {@link Verifier} found.
 *
 * @param images how many images were looked at, each once however many names it has
 * @param blobs how many blobs were read and hashed, those that no image needs included
 * @param bytes the length of what was read in bytes
 * @param faults everything that is wrong, in the order in which a walk comes to it
 * @param skipped what may be absent and is: layers that may not be distributed, and images of an
 *     index {@linkplain Verifier#skippingMissing if those may be missing}
 * @param unreachable the blobs that the source holds and that no image needs, in the order of their
 *     digests; empty if they were not looked for, or if the source cannot tell what it holds. The
 *     image-spec allows them, so they are no fault
 */
public record VerifyReport(
    int images,
    int blobs,
    long bytes,
    List<Fault> faults,
    List<Descriptor> skipped,
    Optional<List<UnreachableBlob>> unreachable) {

  /** Copies the lists. */
  public VerifyReport {
    faults = List.copyOf(faults);
    skipped = List.copyOf(skipped);
    unreachable = requireNonNull(unreachable, "unreachable").map(List::copyOf);
  }

  /** Returns whether nothing is wrong. */
  public boolean sound() {
    return faults.isEmpty();
  }
}
