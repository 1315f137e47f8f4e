package io.gantry.driver.directory;

import io.gantry.api.file.LockFile;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Pattern;

/**
 * The folder in which one export stages its blobs: inside the layout, so that a rename publishes
 * them, and outside {@code blobs}, where other tools would take a part for a blob. A lock in it
 * tells a living export from one that was killed, whose folder the next one removes.
 */
final class StagingFolder implements Closeable {
  private static final String PREFIX = ".gantry-";
  private static final Pattern NAME = Pattern.compile("\\.gantry-[0-9a-f]{16}");
  private static final String LOCK = "lock";

  private final Path folder;
  private final LockFile lock;
  private final AtomicLong files = new AtomicLong();

  private StagingFolder(Path folder, LockFile lock) {
    this.folder = folder;
    this.lock = lock;
  }

  static StagingFolder create(Path root) throws IOException {
    for (Path other : all(root)) {
      try {
        removeIfDead(other);
      } catch (IOException notOurs) {
        // Another export is faster, or has just begun to use the folder, or another user owns it:
        // what is not ours to remove does not keep us from working.
      }
    }
    while (true) {
      Path folder =
          root.resolve("%s%016x".formatted(PREFIX, ThreadLocalRandom.current().nextLong()));
      try {
        Files.createDirectory(folder);
      } catch (FileAlreadyExistsException taken) {
        continue;
      }
      try {
        Optional<LockFile> lock = LockFile.tryAcquire(folder.resolve(LOCK));
        if (lock.isPresent()) {
          return new StagingFolder(folder, lock.get());
        }
      } catch (NoSuchFileException takenForLitter) {
        // Another export saw the folder in the instant before it was locked: try another one.
      }
    }
  }

  /** Whoever keeps notes in a folder of a like name keeps them. */
  static boolean isNameOfOne(Path entry) {
    return NAME.matcher(entry.getFileName().toString()).matches();
  }

  /** Returns the staging folders of a layout, of living exports and of killed ones. */
  static List<Path> all(Path root) throws IOException {
    List<Path> folders = new ArrayList<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(root)) {
      for (Path entry : entries) {
        if (isNameOfOne(entry) && Files.isDirectory(entry, LinkOption.NOFOLLOW_LINKS)) {
          folders.add(entry);
        }
      }
    } catch (DirectoryIteratorException e) {
      throw e.getCause();
    }
    return folders;
  }

  /**
   * Removes the folder of a killed export.
   *
   * @return whether that is what it was; otherwise the export lives
   * @throws IOException if it cannot be told, or not removed
   */
  static boolean removeIfDead(Path folder) throws IOException {
    try (LockFile lock = LockFile.tryAcquire(folder.resolve(LOCK)).orElse(null)) {
      if (lock == null) {
        return false;
      }
      removeAll(folder);
      return true;
    }
  }

  /**
   * Returns whether the export of a folder was killed, and leaves the folder as it is.
   *
   * @throws NoSuchFileException if it has no lock: its export has just begun, or ends
   */
  static boolean isDead(Path folder) throws IOException {
    return !LockFile.isHeld(folder.resolve(LOCK));
  }

  /** The lock goes last: a folder without one looks free. */
  private static void removeAll(Path folder) throws IOException {
    try (DirectoryStream<Path> parts = Files.newDirectoryStream(folder)) {
      for (Path part : parts) {
        if (!part.endsWith(LOCK)) {
          Files.deleteIfExists(part);
        }
      }
    }
    Files.deleteIfExists(folder.resolve(LOCK));
    try {
      Files.deleteIfExists(folder);
    } catch (DirectoryNotEmptyException takenForLitter) {
      // Somebody who looks whether we live has made a lock again, and removes what is left.
    }
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
