package io.gantry.driver.directory;

import io.gantry.api.GantryException;
import io.gantry.api.GantryException.Kind;
import io.gantry.api.file.AtomicFile;
import io.gantry.api.file.FileFailure;
import io.gantry.api.file.LockFile;
import io.gantry.api.file.RegularFile;
import io.gantry.api.oci.Index;
import io.gantry.api.oci.LayoutHeader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/** The two files that make a folder of blobs an OCI image layout: oci-layout and index.json. */
final class LayoutFiles {
  /** About a hundred thousand images. */
  private static final int MAX_INDEX_BYTES = 32 * 1024 * 1024;

  /** An index is rewritten in milliseconds; who holds its lock longer than this is stuck. */
  private static final Duration LOCK_LIMIT = Duration.ofMinutes(1);

  private final Path root;

  LayoutFiles(Path root) {
    this.root = root;
  }

  Path index() {
    return root.resolve("index.json");
  }

  private Path header() {
    return root.resolve(LayoutHeader.FILE_NAME);
  }

  boolean hasHeader() {
    return Files.exists(header(), LinkOption.NOFOLLOW_LINKS);
  }

  void checkHeader() throws IOException {
    LayoutHeader.check(header().toString(), RegularFile.read(header(), LayoutHeader.MAX_BYTES));
  }

  Optional<byte[]> readIndex() throws IOException {
    try {
      return Optional.of(RegularFile.read(index(), MAX_INDEX_BYTES));
    } catch (NoSuchFileException none) {
      return Optional.empty();
    }
  }

  /**
   * Adds entries to the index, or starts a new one, in one step that no other export can come
   * between: read, merge and replace under one lock. The lock file stays for ever, as removing it
   * would let two exports lock two files of one name.
   */
  void publish(Index entries, boolean overwrite) throws IOException {
    try (LockFile lock = LockFile.acquire(root.resolve("index.json.lock"), LOCK_LIMIT)) {
      if (!hasHeader()) {
        write(header(), LayoutHeader.toJson());
      }
      Optional<byte[]> current = overwrite ? Optional.empty() : readIndex();
      byte[] json =
          current.isPresent()
              ? entries.addedTo(index().toString(), current.get())
              : entries.toLayoutJson();
      if (json.length > MAX_INDEX_BYTES) {
        throw new GantryException(
            Kind.INVALID_IMAGE,
            "%s: with these entries it would have %d bytes, more than the %d that are read"
                .formatted(index(), json.length, MAX_INDEX_BYTES));
      }
      write(index(), json);
    }
  }

  private static void write(Path file, byte[] content) throws IOException {
    try (AtomicFile part = AtomicFile.create(file)) {
      ByteBuffer bytes = ByteBuffer.wrap(content);
      while (bytes.hasRemaining()) {
        part.channel().write(bytes);
      }
      part.publish(true);
    } catch (IOException e) {
      throw FileFailure.at(file, e);
    }
  }
}
