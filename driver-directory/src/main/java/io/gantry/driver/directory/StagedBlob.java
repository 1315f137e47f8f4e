package io.gantry.driver.directory;

import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;

import io.gantry.api.driver.BlobWriter;
import io.gantry.api.file.AtomicFile;
import io.gantry.api.file.FileFailure;
import io.gantry.api.file.RegularFile;
import io.gantry.api.oci.Digest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.ReadableByteChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.Set;

/** A blob that is written to a staged file, and renamed to its place when it is whole. */
final class StagedBlob implements BlobWriter {
  /** Content never changes, and the umask may take away more. */
  private static final FileAttribute<Set<PosixFilePermission>> READ_ONLY =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("r--r--r--"));

  /** An interrupt is heard after so many bytes. */
  private static final long SYSTEM_COPY_BYTES = 64L << 20;

  private final Path staged;
  private final Path place;
  private final Digest expected;
  private final boolean sync;
  private final Link link;
  private final Runnable cannotLink;
  private FileChannel channel;
  private boolean linked;
  private boolean committed;

  /**
   * Begins a blob.
   *
   * @param sync whether its content must survive a power cut before its name exists
   * @param link what to make of a file that holds the blob already
   * @param cannotLink is told if it cannot be linked to, and is copied
   */
  StagedBlob(Path staged, Path place, Digest expected, boolean sync, Link link, Runnable cannotLink)
      throws IOException {
    this.staged = staged;
    this.place = place;
    this.expected = expected;
    this.sync = sync;
    this.link = link;
    this.cannotLink = cannotLink;
    this.channel = create(staged);
  }

  private static FileChannel create(Path staged) throws IOException {
    return FileChannel.open(
        staged, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), READ_ONLY);
  }

  @Override
  public Optional<ReadableByteChannel> link(Path file) throws IOException {
    switch (link) {
      case NO -> {
        return Optional.empty();
      }
      case HARD -> linked = hardLink(file);
      case REFLINK -> linked = copyBySystem(file);
    }
    // Of what has got here, and not of the file, whose name may be another's by now.
    return linked ? Optional.of(RegularFile.open(staged)) : Optional.empty();
  }

  /**
   * Returns false where there can be no such link: on another file system, or to another user's
   * file.
   */
  private boolean hardLink(Path file) throws IOException {
    channel.close();
    Files.delete(staged);
    try {
      Files.createLink(staged, file);
      return true;
    } catch (UnsupportedOperationException | FileSystemException cannotBe) {
      channel = create(staged);
      cannotLink.run();
      return false;
    }
  }

  /**
   * Newer Javas have the system copy from one file to another, which shares blocks where it can.
   */
  private boolean copyBySystem(Path file) throws IOException {
    try (FileChannel from = RegularFile.open(file)) {
      long size = from.size();
      for (long position = 0, count; position < size; position += count) {
        count = from.transferTo(position, Math.min(size - position, SYSTEM_COPY_BYTES), channel);
        if (count <= 0) {
          break;
        }
      }
    }
    return true;
  }

  @Override
  public int write(ByteBuffer src) throws IOException {
    int count = src.remaining();
    try {
      while (src.hasRemaining()) {
        channel.write(src);
      }
    } catch (IOException e) {
      throw FileFailure.at(place, e);
    }
    return count;
  }

  @Override
  public void commit(long size, Digest digest) throws IOException {
    long written = linked ? Files.size(staged) : channel.position();
    if (!digest.equals(expected) || written != size) {
      throw new IOException(
          "%s: %d bytes written, asked to commit %d bytes of %s"
              .formatted(place, written, size, digest));
    }
    try {
      if (sync && channel.isOpen()) {
        channel.force(false);
      } else if (sync) {
        AtomicFile.sync(staged);
      }
      channel.close();
    } catch (IOException e) {
      throw FileFailure.at(place, e);
    }
    Path folder = place.resolveSibling("");
    // For all but the first of an algorithm; to create what is there makes an exception of it.
    if (!folder.toFile().isDirectory()) {
      Files.createDirectories(folder);
    }
    Files.move(staged, place, ATOMIC_MOVE);
    committed = true;
  }

  @Override
  public boolean isOpen() {
    return channel.isOpen();
  }

  @Override
  public void close() throws IOException {
    channel.close();
    if (!committed) {
      Files.deleteIfExists(staged);
    }
  }
}
