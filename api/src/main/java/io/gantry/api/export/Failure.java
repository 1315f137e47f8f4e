package io.gantry.api.export;

import io.gantry.api.GantryException;
import io.gantry.api.GantryException.Kind;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;

/** Turns what stores and drivers throw into the exception that says which side failed at what. */
final class Failure {
  private Failure() {}

  static GantryException source(String what, IOException e) {
    return of(Kind.SOURCE_FAILED, "cannot read " + what, e);
  }

  static GantryException target(String what, IOException e) {
    return of(Kind.TARGET_FAILED, "cannot write " + what, e);
  }

  private static GantryException of(Kind kind, String what, IOException e) {
    if (e instanceof GantryException already) {
      return already;
    }
    if (e instanceof ClosedByInterruptException) {
      return new GantryException(Kind.INTERRUPTED, "interrupted; nothing was published", e);
    }
    return new GantryException(kind, what + ": " + reason(e), e);
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
    if (e instanceof FileSystemException || e.getMessage() != null) {
      return String.valueOf(e.getMessage());
    }
    return e.getClass().getSimpleName();
  }
}
