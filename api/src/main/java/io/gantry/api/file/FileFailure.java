package io.gantry.api.file;

import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.FileSystemException;

/** Gives the failures of channels, which do not know what they write to, the name of the file. */
public final class FileFailure {
  private FileFailure() {}

  /**
   * Returns a failure that names its file.
   *
   * @param file the path or name of what was written or read
   * @param e what the channel threw; returned as it is if it names a file already or says that the
   *     thread was interrupted
   */
  public static IOException at(Object file, IOException e) {
    if (e instanceof FileSystemException || e instanceof ClosedByInterruptException) {
      return e;
    }
    IOException named = new FileSystemException(file.toString(), null, e.getMessage());
    named.initCause(e);
    return named;
  }
}
