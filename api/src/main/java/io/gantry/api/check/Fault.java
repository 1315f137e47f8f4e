package io.gantry.api.check;

import static java.util.Objects.requireNonNull;

import io.gantry.api.oci.Digest;
import java.util.Optional;

/**
 * Something that is wrong with one blob.
 *
 * @param kind what class of fault it is
 * @param blob the digest that the blob should have
 * @param detail what was seen, one line that starts in lower case; it may repeat what a source or
 *     an image says, so it is to be escaped before it gets to a terminal
 * @param trail what needs the blob; empty for one that no image needs
 */
public record Fault(Kind kind, Digest blob, String detail, Optional<Trail> trail) {
  /** Checks that no part is null. */
  public Fault {
    requireNonNull(kind, "kind");
    requireNonNull(blob, "blob");
    requireNonNull(detail, "detail");
    requireNonNull(trail, "trail");
  }

  /** The classes of faults. */
  public enum Kind {
    /** The source does not have the blob. */
    MISSING,
    /** The blob has fewer bytes than its descriptor says. */
    SHORT,
    /** The blob has more bytes than its descriptor says. */
    LONG,
    /** The blob has the right size, as far as that is known, and another digest than its own. */
    ALTERED,
    /** The blob cannot be read. */
    UNREADABLE,
    /** The bytes are right, but they are not the manifest or index that they should be. */
    INVALID,
    /** A document embeds the content of a blob, and it is not that blob's. */
    EMBEDDED
  }

  /** Returns one line that names the blob, what is wrong and what needs it. */
  @Override
  public String toString() {
    return "%s: %s; %s"
        .formatted(
            blob, detail, trail.map(way -> "needed by " + way).orElse("no image needs this blob"));
  }
}
