package io.gantry.driver.directory;

import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;

import io.gantry.api.driver.BlobWriter;
import io.gantry.api.file.FileFailure;
import io.gantry.api.oci.Digest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/** A blob that is written to a staged file, and renamed to its place when it is whole. */
final class StagedBlob implements BlobWriter {
  /** Content never changes, and the umask may take away more. */
  private static final FileAttribute<Set<PosixFilePermission>> READ_ONLY =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("r--r--r--"));

  private final Path staged;
  private final Path place;
  private final Digest expected;
  private final boolean sync;
  private final FileChannel channel;
  private boolean committed;

  /**
   * Begins a blob.
   *
   * @param sync whether its content must survive a power cut before its name exists
   */
  StagedBlob(Path staged, Path place, Digest expected, boolean sync) throws IOException {
    this.staged = staged;
    this.place = place;
    this.expected = expected;
    this.sync = sync;
    this.channel =
        FileChannel.open(
            staged, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), READ_ONLY);
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
    if (!digest.equals(expected) || channel.position() != size) {
      throw new IOException(
          "%s: %d bytes written, asked to commit %d bytes of %s"
              .formatted(place, channel.position(), size, digest));
    }
    try {
      if (sync) {
        channel.force(false);
      }
      channel.close();
    } catch (IOException e) {
      throw FileFailure.at(place, e);
    }
    try {
      Files.move(staged, place, ATOMIC_MOVE);
    } catch (NoSuchFileException firstOfItsAlgorithm) {
      Files.createDirectories(place.resolveSibling(""));
      Files.move(staged, place, ATOMIC_MOVE);
    }
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
