package io.gantry.cli;

import io.gantry.api.oci.Descriptor;
import io.gantry.api.oci.Platform;
import java.util.List;
import java.util.Optional;

/**
 * One blob of an image, with what it leads to.
 *
 * @param role what it is to the one above: {@code index}, {@code manifest}, {@code config}, {@code
 *     layer} or {@code blob}
 * @param descriptor the blob, as the one above describes it
 * @param platform what it is for, by its descriptor or its configuration
 * @param artifactType the type of the artifact that it is
 * @param state whether its children are below
 * @param children what it leads to; empty unless it is expanded
 */
record ImageNode(
    String role,
    Descriptor descriptor,
    Optional<Platform> platform,
    Optional<String> artifactType,
    State state,
    List<ImageNode> children) {

  /** Whether the children of a node are known. */
  enum State {
    /** They are below, or there are none. */
    EXPANDED,
    /** They are where the same document was met before. */
    SHOWN_BEFORE,
    /** The source does not have the document. */
    MISSING
  }

  /** Copies the list. */
  ImageNode {
    children = List.copyOf(children);
  }
}
