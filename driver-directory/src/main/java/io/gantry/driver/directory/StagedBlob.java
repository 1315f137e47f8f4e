package io.gantry.driver.directory;

import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;

import io.gantry.api.GantryException;
import io.gantry.api.GantryException.Kind;
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
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

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
  private final Consumer<Exception> cannotLink;
  private FileChannel channel;
  private boolean linked;
  private boolean open = true;
  private boolean committed;

  /**
   * Begins a blob.
   *
   * @param sync whether its content must survive a power cut before its name exists
   * @param link what to make of a file that holds the blob already
   * @param cannotLink is told why it cannot be linked to and is copied
   */
  StagedBlob(
      Path staged,
      Path place,
      Digest expected,
      boolean sync,
      Link link,
      Consumer<Exception> cannotLink)
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
    return linked ? Optional.of(openSource(staged)) : Optional.empty();
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
    } catch (NoSuchFileException gone) {
      channel = create(staged);
      return false;
    } catch (UnsupportedOperationException | FileSystemException cannotBe) {
      channel = create(staged);
      cannotLink.accept(cannotBe);
      return false;
    }
  }

  /**
   * Newer Javas have the system copy from one file to another, which shares blocks where it can.
   */
  private boolean copyBySystem(Path file) throws IOException {
    FileChannel from = openSource(file);
    try (from) {
      long size = from.size();
      for (long position = 0, count; position < size; position += count) {
        count = from.transferTo(position, Math.min(size - position, SYSTEM_COPY_BYTES), channel);
        if (count <= 0) {
          break;
        }
      }
    } catch (IOException e) {
      throw FileFailure.at(place, e);
    }
    return true;
  }

  private FileChannel openSource(Path file) throws GantryException {
    try {
      return RegularFile.open(file);
    } catch (IOException e) {
      throw GantryException.of(Kind.SOURCE_FAILED, "cannot read blob " + expected, e);
    }
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
    return open;
  }

  @Override
  public void close() throws IOException {
    open = false;
    channel.close();
    if (!committed) {
      Files.deleteIfExists(staged);
    }
  }
}
