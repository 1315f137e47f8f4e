package io.gantry.api;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.Serial;

/**
 * A failure that a person can act on: the message is one line that names the thing, its digest and
 * what to do about it, and the {@linkplain #kind() kind} says what class of failure it is.
 *
 * <p>Drivers and stores are free to throw any {@link IOException}; the export turns what they throw
 * into this type and adds which blob and which side failed.
 */
public final class GantryException extends IOException {
  @Serial private static final long serialVersionUID = 1;

  private final Kind kind;

  /**
   * Makes an exception without a cause.
   *
   * @param kind the class of failure
   * @param message one line, starting in lower case
   */
  public GantryException(Kind kind, String message) {
    super(requireNonNull(message, "message"));
    this.kind = requireNonNull(kind, "kind");
  }

  /**
   * Makes an exception that keeps what led to it.
   *
   * @param kind the class of failure
   * @param message one line, starting in lower case
   * @param cause what was thrown below
   */
  public GantryException(Kind kind, String message, Throwable cause) {
    super(requireNonNull(message, "message"), requireNonNull(cause, "cause"));
    this.kind = requireNonNull(kind, "kind");
  }

  /** Returns the class of failure, which decides the exit code of the command. */
  public Kind kind() {
    return kind;
  }

  /** The classes of failure that a caller may want to tell apart. */
  public enum Kind {
    /** An option, name, location or platform that cannot be understood. */
    INVALID_ARGUMENT,
    /** No driver or store is installed for a scheme. */
    NO_SUCH_DRIVER,
    /** A source, an image in it or one of its blobs does not exist. */
    NOT_FOUND,
    /** Bytes whose size or digest is not the one that the descriptor promises. */
    CONTENT_MISMATCH,
    /** A manifest, index or layout that breaks its specification or a limit. */
    INVALID_IMAGE,
    /** The target exists and may not be replaced. */
    TARGET_EXISTS,
    /** The source could not be read. */
    SOURCE_FAILED,
    /** The target could not be written. */
    TARGET_FAILED,
    /** The thread was interrupted; nothing was published. */
    INTERRUPTED
  }
}
