package io.gantry.api;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.Serial;
import java.net.SocketTimeoutException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileLockInterruptionException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;

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

  /**
   * Returns what a store or driver threw as a failure that people understand. One that they
   * understand already is returned as it is, and an interrupt is told apart from a failure.
   *
   * @param kind the class of failure
   * @param what what could not be done, such as {@code cannot read blob sha256:...}
   * @param cause what was thrown below
   */
  public static GantryException of(Kind kind, String what, IOException cause) {
    if (cause instanceof GantryException already) {
      return already;
    }
    if (cause instanceof ClosedByInterruptException
        || cause instanceof FileLockInterruptionException
        // The library makes a timeout a kind of interrupt, which it is not to those who wait.
        || (cause instanceof InterruptedIOException
            && !(cause instanceof SocketTimeoutException))) {
      return new GantryException(Kind.INTERRUPTED, "interrupted; nothing was published", cause);
    }
    return new GantryException(kind, what + ": " + reason(cause), cause);
  }

  private static String reason(IOException e) {
    // The messages of these are the bare path; what went wrong is in the type.
    if (e instanceof NoSuchFileException) {
      return e.getMessage() + ": no such file or folder";
    }
    if (e instanceof AccessDeniedException) {
      return e.getMessage() + ": permission denied";
    }
    if (e instanceof NotDirectoryException) {
      return e.getMessage() + ": not a folder";
    }
    if (e instanceof FileAlreadyExistsException) {
      return e.getMessage() + ": exists already";
    }
    return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
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
