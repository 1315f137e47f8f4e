package io.gantry.api.file;

import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;

import io.gantry.api.oci.Digest;
import io.gantry.api.oci.DigestAlgorithm;
import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;

/**
 * A file that appears whole or not at all: written beside its target, synced if that is asked for,
 * and renamed over it. A run that was killed leaves a part file, which the next run for the same
 * target removes; a part file that is still being written is locked and left alone. Used by one
 * thread, but for its channel.
 */
public final class AtomicFile implements Closeable {
  private static final String SUFFIX = ".gantry-part";

  /** File names end at 255 bytes on every file system in use. */
  private static final int MAX_STEM_BYTES = 200;

  private final Path target;
  private final Path folder;
  private final LockFile part;
  private boolean done;

  private AtomicFile(Path target, Path folder, LockFile part) {
    this.target = target;
    this.folder = folder;
    this.part = part;
  }

  /**
   * Begins a file and removes what killed runs for the same target left. The caller closes it.
   *
   * @param target where the file will appear; its folder must exist
   * @throws IOException if the folder cannot be written
   */
  public static AtomicFile create(Path target) throws IOException {
    Path absolute = target.toAbsolutePath();
    Path folder = absolute.getParent();
    if (folder == null) {
      throw new FileSystemException(target.toString(), null, "not a place for a file");
    }
    String prefix = "." + stem(absolute.getFileName().toString()) + ".";
    removeLitter(folder, prefix);
    while (true) {
      String random = "%016x".formatted(ThreadLocalRandom.current().nextLong());
      Optional<LockFile> part = LockFile.tryAcquire(folder.resolve(prefix + random + SUFFIX));
      // Empty only when another run took this one for litter, in the instant before it was locked.
      if (part.isPresent()) {
        return new AtomicFile(absolute, folder, part.get());
      }
    }
  }

  /** The name of the target, for people to recognise, unless no room is left for the rest. */
  private static String stem(String name) {
    byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
    return bytes.length <= MAX_STEM_BYTES
        ? name
        : Digest.of(DigestAlgorithm.SHA256, bytes).encoded();
  }

  private static void removeLitter(Path folder, String prefix) throws IOException {
    try (DirectoryStream<Path> litter =
        Files.newDirectoryStream(
            folder,
            entry -> {
              String name = entry.getFileName().toString();
              return name.startsWith(prefix)
                  && name.endsWith(SUFFIX)
                  && name.length() == prefix.length() + 16 + SUFFIX.length()
                  && Files.isRegularFile(entry, LinkOption.NOFOLLOW_LINKS);
            })) {
      for (Path part : litter) {
        try (LockFile lock = LockFile.tryAcquire(part).orElse(null)) {
          if (lock != null) {
            Files.deleteIfExists(part);
          }
        } catch (FileSystemException notOurs) {
          // Another user's part is that user's to remove, and does not keep us from working.
        }
      }
    }
  }

  /** Returns where to write the content. */
  public FileChannel channel() {
    return part.channel();
  }

  /**
   * Makes the content appear at the target.
   *
   * @param overwrite whether to replace a file that is there
   * @param sync whether it must survive a power cut
   * @throws FileAlreadyExistsException if there is one and it may not be replaced
   * @throws IOException if the content cannot be synced or renamed, and the target is as it was; or
   *     if the renaming cannot be made durable, which the message says
   */
  public void publish(boolean overwrite, boolean sync) throws IOException {
    if (sync) {
      channel().force(true);
    }
    if (overwrite || !link()) {
      Files.move(part.file(), target, ATOMIC_MOVE);
    }
    done = true;
    part.close();
    if (!sync) {
      return;
    }
    try {
      sync(folder);
    } catch (IOException e) {
      throw new IOException(
          "%s is in place, but may not survive a power cut: %s".formatted(target, e.getMessage()),
          e);
    }
  }

  /** A hard link, unlike a rename, fails if the target exists. */
  private boolean link() throws IOException {
    try {
      Files.createLink(target, part.file());
    } catch (FileAlreadyExistsException e) {
      throw e;
    } catch (UnsupportedOperationException | FileSystemException noHardLinksHere) {
      if (Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
        throw new FileAlreadyExistsException(target.toString());
      }
      return false;
    }
    try {
      Files.delete(part.file());
    } catch (IOException stays) {
      // The target is complete; the other name of it is litter for the next run.
    }
    return true;
  }

  /**
   * Makes the content of a file durable, or the entries of a folder: a file that was created or
   * renamed in it is still there after a power cut. An interrupt does not end it and is kept for
   * later, as what was renamed is visible already.
   *
   * @throws IOException if it cannot be synced
   */
  public static void sync(Path file) throws IOException {
    boolean interrupted = Thread.interrupted();
    try {
      while (!synced(file)) {
        interrupted |= Thread.interrupted();
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private static boolean synced(Path file) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      channel.force(true);
      return true;
    } catch (ClosedByInterruptException e) {
      return false;
    } catch (IOException e) {
      throw FileFailure.at(file, e);
    }
  }

  /** Removes the part file unless it was published. */
  @Override
  public void close() throws IOException {
    if (!done) {
      done = true;
      try {
        Files.deleteIfExists(part.file());
      } finally {
        part.close();
      }
    }
  }
}
