package io.gantry.api.file;

import static java.util.Objects.requireNonNull;

import io.gantry.api.GantryException;
import io.gantry.api.GantryException.Kind;
import io.gantry.api.content.BlobReader;
import io.gantry.api.oci.Digest;
import io.gantry.api.oci.DigestAlgorithm;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/**
 * A folder that holds {@code blobs/<algorithm>/<encoded>}: an OCI image layout, containerd's
 * content root and whatever shares their shape. Immutable.
 *
 * @see <a href="https://github.com/opencontainers/image-spec/blob/main/image-layout.md">image-spec,
 *     image layout</a>
 */
public final class BlobFolder {
  private final Path root;

  /**
   * Makes the view of a folder; nothing is read.
   *
   * @param root the folder that holds {@code blobs}
   */
  public BlobFolder(Path root) {
    this.root = requireNonNull(root, "root");
  }

  /** Returns where the blob of this digest is or would be. */
  public Path path(Digest digest) {
    return root.resolve("blobs").resolve(digest.algorithm().id()).resolve(digest.encoded());
  }

  /**
   * Opens a blob. The caller closes the reader.
   *
   * @throws GantryException of kind {@code NOT_FOUND} if there is no such blob, {@code
   *     SOURCE_FAILED} if something else than a regular file stands in its place
   * @throws IOException if it may not be read
   */
  public BlobReader open(Digest digest) throws IOException {
    Path file = path(digest);
    try {
      long size = RegularFile.size(file);
      if (!Files.isReadable(file)) {
        throw new AccessDeniedException(file.toString());
      }
      return new FileBlobReader(file, size, place -> openStill(digest, place));
    } catch (NoSuchFileException e) {
      throw notFound(digest, e);
    }
  }

  private FileChannel openStill(Digest digest, Path file) throws IOException {
    try {
      return RegularFile.open(file);
    } catch (NoSuchFileException e) {
      throw notFound(digest, e);
    }
  }

  private GantryException notFound(Digest digest, NoSuchFileException cause) {
    return new GantryException(
        Kind.NOT_FOUND,
        "blob %s: not found in %s; fetch the image again, with all platforms that are asked for"
            .formatted(digest, root),
        cause);
  }

  /**
   * Returns the digests of all blobs in this folder, in their order. A file whose name is no digest
   * of an algorithm that can be verified is none, nor is anything but a regular file.
   *
   * @throws IOException if it cannot be read
   */
  public List<Digest> digests() throws IOException {
    List<Digest> digests = new ArrayList<>();
    for (DigestAlgorithm algorithm : DigestAlgorithm.values()) {
      Path folder = root.resolve("blobs").resolve(algorithm.id());
      try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
        for (Path file : files) {
          Optional<Digest> digest = digestOf(algorithm, file);
          if (digest.isPresent() && Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
            digests.add(digest.get());
          }
        }
      } catch (DirectoryIteratorException e) {
        throw e.getCause();
      } catch (NoSuchFileException none) {
        // No blob has been digested by this algorithm.
      }
    }
    Collections.sort(digests);
    return digests;
  }

  /** Returns the digest that a file of this name in the folder of an algorithm should have. */
  private static Optional<Digest> digestOf(DigestAlgorithm algorithm, Path file) {
    try {
      return Optional.of(new Digest(algorithm, String.valueOf(file.getFileName())));
    } catch (IllegalArgumentException otherName) {
      return Optional.empty();
    }
  }
}
