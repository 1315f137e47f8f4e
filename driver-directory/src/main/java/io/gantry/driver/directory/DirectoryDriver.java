package io.gantry.driver.directory;

import io.gantry.api.GantryException;
import io.gantry.api.GantryException.Kind;
import io.gantry.api.content.BlobReader;
import io.gantry.api.driver.BlobWriter;
import io.gantry.api.driver.ImageDriver;
import io.gantry.api.driver.InitOptions;
import io.gantry.api.file.AtomicFile;
import io.gantry.api.file.BlobFolder;
import io.gantry.api.oci.Descriptor;
import io.gantry.api.oci.Index;
import io.gantry.api.oci.LayoutHeader;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/**
 * Writes an OCI image layout: each blob staged and renamed, then the index, and each of them on the
 * disk before the next if that is asked for. Blobs that were committed before a failure stay, so
 * that the next run need not send them again: without an entry in the index no reader sees them.
 */
final class DirectoryDriver implements ImageDriver {
  private static final Set<String> BEGINNINGS = Set.of("blobs", "index.json.lock");

  private final Path root;
  private final BlobFolder blobs;
  private final LayoutFiles files;
  private final Link link;
  private final AtomicBoolean told = new AtomicBoolean();
  private final Deque<Path> createdFolders = new ArrayDeque<>();
  private Optional<StagingFolder> staging = Optional.empty();
  private boolean overwrite;
  private boolean sync;
  private Consumer<String> notices = notice -> {};

  DirectoryDriver(Path root, Link link) {
    this.root = root;
    this.link = link;
    this.blobs = new BlobFolder(root);
    this.files = new LayoutFiles(root);
  }

  @Override
  public void init(InitOptions options) throws IOException {
    overwrite = options.overwrite();
    sync = options.sync();
    notices = options.notices();
    createFolders(root.toAbsolutePath());
    // Looked for first: another export may be making this folder a layout, header before index.
    Optional<String> foreign = foreignEntry();
    if (files.hasHeader()) {
      files.checkHeader();
      checkIndex();
    } else if (foreign.isPresent()) {
      throw new GantryException(
          Kind.TARGET_EXISTS,
          "%s is not empty and no OCI image layout (it holds %s); choose another folder"
              .formatted(root, foreign.get()));
    }
    staging = Optional.of(StagingFolder.create(root));
    // Not before the folder is there and locked: see PruneLock for why this order is the proof.
    PruneLock.awaitEnd(root);
  }

  /** Finds out before the work begins, not after it, that the entries cannot be added. */
  private void checkIndex() throws IOException {
    Optional<byte[]> index = overwrite ? Optional.empty() : files.readIndex();
    if (index.isPresent()) {
      Index.parseLayoutIndex(files.index().toString(), index.get());
    }
  }

  /**
   * A folder with anything but the beginnings of a layout is somebody's, and not ours to fill.
   * Names decide alone: what belongs to another export may be gone before it can be looked at.
   */
  private Optional<String> foreignEntry() throws IOException {
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(root)) {
      for (Path entry : entries) {
        String name = entry.getFileName().toString();
        if (!BEGINNINGS.contains(name)
            && !name.startsWith("." + LayoutHeader.FILE_NAME + ".")
            && !StagingFolder.isNameOfOne(entry)) {
          return Optional.of(name);
        }
      }
    }
    return Optional.empty();
  }

  private void createFolders(Path folder) throws IOException {
    if (Files.isDirectory(folder)) {
      return;
    }
    Path parent = folder.getParent();
    if (parent != null) {
      createFolders(parent);
    }
    try {
      Files.createDirectory(folder);
      createdFolders.push(folder);
    } catch (FileAlreadyExistsException e) {
      if (!Files.isDirectory(folder)) {
        throw new GantryException(
            Kind.TARGET_EXISTS, "%s exists and is not a folder".formatted(folder), e);
      }
    }
  }

  @Override
  public BlobWriter blobWriter(Descriptor blob) throws IOException {
    Path staged = staging.orElseThrow().newFile();
    return new StagedBlob(
        staged, blobs.path(blob.digest()), blob.digest(), sync, link, this::cannotLink);
  }

  private void cannotLink(Exception reason) {
    if (told.compareAndSet(false, true)) {
      notices.accept(
          "%s: not all blobs can be hard links to the files of the source (%s); those are copied"
              .formatted(root, why(reason)));
    }
  }

  private static String why(Exception reason) {
    String why = reason instanceof FileSystemException e ? e.getReason() : reason.getMessage();
    return why == null ? reason.getClass().getSimpleName() : why;
  }

  @Override
  public void writeIndex(Index index) throws IOException {
    Files.createDirectories(root.resolve("blobs"));
    if (sync) {
      syncFolders();
    }
    files.publish(index, overwrite, sync);
    createdFolders.clear();
  }

  /** The index must never be more durable than the names of the blobs that it leads to. */
  private void syncFolders() throws IOException {
    Path blobsFolder = root.resolve("blobs");
    try (DirectoryStream<Path> algorithms = Files.newDirectoryStream(blobsFolder)) {
      for (Path algorithm : algorithms) {
        if (Files.isDirectory(algorithm)) {
          AtomicFile.sync(algorithm);
        }
      }
    }
    AtomicFile.sync(blobsFolder);
    AtomicFile.sync(root);
    Path above = root.toAbsolutePath().getParent();
    if (above != null) {
      try {
        // A run that was killed may have created the root and not come this far.
        AtomicFile.sync(above);
      } catch (AccessDeniedException notReadable) {
        // Only who may read a folder can sync it; what this run creates is synced below.
      }
    }
    for (Path created : createdFolders) {
      Path parent = created.getParent();
      if (parent != null) {
        AtomicFile.sync(parent);
      }
    }
  }

  @Override
  public void close() throws IOException {
    if (staging.isPresent()) {
      staging.get().close();
      staging = Optional.empty();
    }
    removeCreatedFolders();
  }

  /** Of an export that failed at once nothing remains; one that moved blobs keeps them. */
  private void removeCreatedFolders() throws IOException {
    try {
      while (!createdFolders.isEmpty()) {
        Files.deleteIfExists(createdFolders.pop());
      }
    } catch (DirectoryNotEmptyException inUse) {
      createdFolders.clear();
    }
  }

  @Override
  public int maxOpenWriters() {
    return Integer.MAX_VALUE;
  }

  /** Reads the blob: after a crash of the machine a file of the right size may hold anything. */
  @Override
  public boolean contains(Descriptor blob) throws IOException {
    // Most are not there, and this way of asking makes no exception of it.
    if (!blobs.path(blob.digest()).toFile().exists()) {
      return false;
    }
    try (BlobReader present = blobs.open(blob.digest())) {
      if (present.size() != blob.size()
          || !present.digest(blob.digest().algorithm()).equals(blob.digest())) {
        return false;
      }
    } catch (GantryException absent) {
      // Not there, or something else than a file in its place, which the blob will replace.
      return false;
    }
    if (sync) {
      // Whoever wrote it may not have waited for the disk.
      AtomicFile.sync(blobs.path(blob.digest()));
    }
    return true;
  }
}
