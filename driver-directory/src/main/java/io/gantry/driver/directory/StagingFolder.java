package io.gantry.driver.directory;

import io.gantry.api.file.LockFile;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The folder in which one export stages its blobs: inside the layout, so that a rename publishes
 * them, and outside {@code blobs}, where other tools would take a part for a blob. A lock in it
 * tells a living export from one that was killed, whose folder the next one removes.
 */
final class StagingFolder implements Closeable {
  static final String PREFIX = ".gantry-";
  private static final String LOCK = "lock";

  private final Path folder;
  private final LockFile lock;
  private final AtomicLong files = new AtomicLong();

  private StagingFolder(Path folder, LockFile lock) {
    this.folder = folder;
    this.lock = lock;
  }

  static StagingFolder create(Path root) throws IOException {
    try (DirectoryStream<Path> litter = Files.newDirectoryStream(root, PREFIX + "*")) {
      for (Path folder : litter) {
        if (Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
          removeIfDead(folder);
        }
      }
    }
    while (true) {
      Path folder =
          root.resolve(PREFIX + "%016x".formatted(ThreadLocalRandom.current().nextLong()));
      try {
        Files.createDirectory(folder);
        Optional<LockFile> lock = LockFile.tryAcquire(folder.resolve(LOCK));
        if (lock.isPresent()) {
          return new StagingFolder(folder, lock.get());
        }
      } catch (FileAlreadyExistsException | NoSuchFileException takenForLitter) {
        // Another export saw the folder in the instant before it was locked: try another one.
      }
    }
  }

  private static void removeIfDead(Path folder) throws IOException {
    try (LockFile lock = LockFile.tryAcquire(folder.resolve(LOCK)).orElse(null)) {
      if (lock != null) {
        removeAll(folder);
      }
    } catch (NoSuchFileException | DirectoryNotEmptyException otherWasFaster) {
      // Another export removes the same litter, or has just begun to use the folder.
    }
  }

  private static void removeAll(Path folder) throws IOException {
    try (DirectoryStream<Path> parts = Files.newDirectoryStream(folder)) {
      for (Path part : parts) {
        Files.deleteIfExists(part);
      }
    }
    Files.deleteIfExists(folder);
  }

  /** Returns a new path in this folder. */
  Path newFile() {
    return folder.resolve(Long.toString(files.incrementAndGet()));
  }

  /** Removes the folder and what was not published from it. */
  @Override
  public void close() throws IOException {
    try (lock) {
      removeAll(folder);
    }
  }
}
