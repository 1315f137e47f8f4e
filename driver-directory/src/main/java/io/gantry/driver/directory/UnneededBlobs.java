package io.gantry.driver.directory;

import io.gantry.api.GantryException;
import io.gantry.api.GantryException.Kind;
import io.gantry.api.file.BlobFolder;
import io.gantry.api.layout.StoredBlob;
import io.gantry.api.oci.Digest;
import io.gantry.api.oci.DigestAlgorithm;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** What lies in the blobs of a layout, told apart by whether it may be removed. */
final class UnneededBlobs {
  private final Path root;
  private final Set<Digest> reachable;
  private final Instant youngest;
  private final List<StoredBlob> old = new ArrayList<>();
  private final List<StoredBlob> young = new ArrayList<>();
  private final List<String> foreign = new ArrayList<>();
  private int needed;

  private UnneededBlobs(Path root, Set<Digest> reachable, Instant youngest) {
    this.root = root;
    this.reachable = reachable;
    this.youngest = youngest;
  }

  /**
   * Looks at all that lies there.
   *
   * @param youngest what has been changed since then is not old
   */
  static UnneededBlobs of(Path root, Set<Digest> reachable, Instant youngest) throws IOException {
    Path folder = root.resolve("blobs");
    if (Files.isSymbolicLink(folder)) {
      throw new GantryException(
          Kind.TARGET_FAILED,
          "%s: a link, so that another layout may need its blobs; prune that one"
              .formatted(folder));
    }
    UnneededBlobs blobs = new UnneededBlobs(root, reachable, youngest);
    for (Path entry : entriesOf(folder)) {
      Optional<DigestAlgorithm> algorithm = algorithmOf(entry);
      if (algorithm.isPresent() && Files.isDirectory(entry, LinkOption.NOFOLLOW_LINKS)) {
        for (Path file : entriesOf(entry)) {
          blobs.add(algorithm.get(), file);
        }
      } else {
        blobs.addForeign(entry);
      }
    }
    blobs.old.sort(Comparator.comparing(StoredBlob::digest));
    blobs.young.sort(Comparator.comparing(StoredBlob::digest));
    blobs.foreign.sort(Comparator.naturalOrder());
    return blobs;
  }

  private static List<Path> entriesOf(Path folder) throws IOException {
    List<Path> entries = new ArrayList<>();
    try (DirectoryStream<Path> found = Files.newDirectoryStream(folder)) {
      found.forEach(entries::add);
    } catch (DirectoryIteratorException e) {
      throw e.getCause();
    } catch (NoSuchFileException none) {
      // A layout without images may be without this folder.
    }
    return entries;
  }

  private static Optional<DigestAlgorithm> algorithmOf(Path folder) {
    for (DigestAlgorithm algorithm : DigestAlgorithm.values()) {
      if (folder.endsWith(algorithm.id())) {
        return Optional.of(algorithm);
      }
    }
    return Optional.empty();
  }

  private void add(DigestAlgorithm algorithm, Path file) throws IOException {
    Digest digest;
    BasicFileAttributes attributes;
    try {
      digest = new Digest(algorithm, String.valueOf(file.getFileName()));
      attributes = Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    } catch (IllegalArgumentException otherName) {
      // Some tools write a blob beside its place and rename it then.
      addForeign(file);
      return;
    } catch (NoSuchFileException gone) {
      // A tool that knows nothing of us has removed it.
      return;
    }
    if (!attributes.isRegularFile()) {
      addForeign(file);
    } else if (reachable.contains(digest)) {
      needed++;
    } else {
      StoredBlob blob = new StoredBlob(digest, attributes.size());
      (isOld(attributes) ? old : young).add(blob);
    }
  }

  private void addForeign(Path file) {
    foreign.add(root.relativize(file).toString());
  }

  /** Returns the blobs that may be removed, in the order of their digests. */
  List<StoredBlob> old() {
    return old;
  }

  /** Returns the blobs that nothing needs yet, in the order of their digests. */
  List<StoredBlob> young() {
    return young;
  }

  /** Returns how many blobs are needed. */
  int needed() {
    return needed;
  }

  /** Returns what is no blob, by its path in the layout. */
  List<String> foreign() {
    return foreign;
  }

  /** Removes the blobs that may be; one that was written again meanwhile is young. */
  void remove() throws IOException {
    BlobFolder blobs = new BlobFolder(root);
    List<StoredBlob> removed = new ArrayList<>();
    for (StoredBlob blob : old) {
      Path file = blobs.path(blob.digest());
      try {
        if (!isOld(
            Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS))) {
          young.add(blob);
          continue;
        }
        Files.delete(file);
      } catch (NoSuchFileException gone) {
        // Another tool was faster.
      }
      removed.add(blob);
    }
    old.retainAll(removed);
    young.sort(Comparator.comparing(StoredBlob::digest));
  }

  private boolean isOld(BasicFileAttributes attributes) {
    return !attributes.lastModifiedTime().toInstant().isAfter(youngest);
  }
}
