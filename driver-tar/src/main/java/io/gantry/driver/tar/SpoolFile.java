package io.gantry.driver.tar;

import io.gantry.api.GantryException;
import io.gantry.api.GantryException.Kind;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** A file for what can be read only once. */
final class SpoolFile {
  private SpoolFile() {}

  /**
   * Makes a file that only its owner can read, and that is gone when the channel is closed: where
   * there can be files without a name, it has none from here on, however the process ends.
   */
  static FileChannel create(Path folder) throws IOException {
    try {
      Path file = Files.createTempFile(folder, "gantry-", ".spool");
      return FileChannel.open(
          file,
          StandardOpenOption.READ,
          StandardOpenOption.WRITE,
          StandardOpenOption.DELETE_ON_CLOSE);
    } catch (IOException e) {
      throw failure(e);
    }
  }

  /** Returns the failure to keep something, with what can be done about it. */
  static GantryException failure(IOException cause) {
    GantryException failure =
        GantryException.of(Kind.SOURCE_FAILED, "cannot keep the archive while it is read", cause);
    return failure.kind() == Kind.INTERRUPTED
        ? failure
        : new GantryException(
            Kind.SOURCE_FAILED,
            "%s; choose another folder with --source-option %s=FOLDER"
                .formatted(failure.getMessage(), TarStoreProvider.SPOOL_FOLDER.name()),
            cause);
  }
}
