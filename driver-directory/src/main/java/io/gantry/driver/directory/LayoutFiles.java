package io.gantry.driver.directory;

import io.gantry.api.GantryException;
import io.gantry.api.GantryException.Kind;
import io.gantry.api.file.AtomicFile;
import io.gantry.api.file.FileFailure;
import io.gantry.api.file.LockFile;
import io.gantry.api.file.RegularFile;
import io.gantry.api.layout.Removal;
import io.gantry.api.oci.Descriptor;
import io.gantry.api.oci.Index;
import io.gantry.api.oci.LayoutHeader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
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

  /**
   * Checks that there is a layout.
   *
   * @throws GantryException of kind {@code NOT_FOUND} if there is none, {@code INVALID_IMAGE} if it
   *     is of another version
   */
  void requireLayout() throws IOException {
    try {
      checkHeader();
    } catch (NoSuchFileException e) {
      throw new GantryException(Kind.NOT_FOUND, missing(), e);
    }
  }

  private String missing() {
    return Files.isDirectory(root)
        ? "%s is no OCI image layout, it has no oci-layout file; for containerd's content write"
                .formatted(root)
            + " store: instead of dir:"
        : root + ": no such folder";
  }

  Optional<byte[]> readIndex() throws IOException {
    try {
      return Optional.of(RegularFile.read(index(), MAX_INDEX_BYTES));
    } catch (NoSuchFileException none) {
      return Optional.empty();
    }
  }

  /**
   * Locks the index against everybody else who would change it. The lock file stays for ever, as
   * removing it would let two processes lock two files of one name.
   */
  LockFile lockIndex() throws IOException {
    return LockFile.acquire(root.resolve("index.json.lock"), LOCK_LIMIT);
  }

  /**
   * Reads the index of a layout that must have one.
   *
   * @throws GantryException of kind {@code NOT_FOUND} if there is none
   */
  byte[] requireIndex() throws IOException {
    return readIndex()
        .orElseThrow(() -> new GantryException(Kind.NOT_FOUND, root + ": has no index.json"));
  }

  /**
   * Takes entries out of the index, in one step as {@link #publish} adds them.
   *
   * @return the entries that are gone
   */
  List<Descriptor> remove(Removal removal) throws IOException {
    try (LockFile lock = lockIndex()) {
      String origin = index().toString();
      byte[] current = requireIndex();
      List<Descriptor> gone = removal.entriesOf(Index.parseLayoutIndex(origin, current));
      write(index(), Index.withoutEntries(origin, current, new HashSet<>(gone)::contains), true);
      return gone;
    }
  }

  /**
   * Adds entries to the index, or starts a new one, in one step that no other export can come
   * between: read, merge and replace under one lock.
   *
   * @param sync whether it must survive a power cut
   */
  void publish(Index entries, boolean overwrite, boolean sync) throws IOException {
    try (LockFile lock = lockIndex()) {
      if (!hasHeader()) {
        write(header(), LayoutHeader.toJson(), sync);
      } else if (sync) {
        // Whoever wrote it may not have waited for the disk.
        AtomicFile.sync(header());
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
      write(index(), json, sync);
    }
  }

  private static void write(Path file, byte[] content, boolean sync) throws IOException {
    try (AtomicFile part = AtomicFile.create(file)) {
      ByteBuffer bytes = ByteBuffer.wrap(content);
      while (bytes.hasRemaining()) {
        part.channel().write(bytes);
      }
      part.publish(true, sync);
    } catch (IOException e) {
      throw FileFailure.at(file, e);
    }
  }
}
