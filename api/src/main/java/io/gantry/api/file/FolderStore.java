package io.gantry.api.file;

import static java.util.Objects.requireNonNull;

import io.gantry.api.content.BlobReader;
import io.gantry.api.content.ContentStore;
import io.gantry.api.content.ManifestReader;
import io.gantry.api.oci.Descriptor;
import io.gantry.api.oci.Digest;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** A content store over a {@link BlobFolder} and the images that are known to be in it. */
public final class FolderStore implements ContentStore {
  private final BlobFolder blobs;
  private final List<Descriptor> roots;

  /**
   * Makes a store; nothing is read.
   *
   * @param roots the images that the folder offers, none where it keeps no names
   */
  public FolderStore(BlobFolder blobs, List<Descriptor> roots) {
    this.blobs = requireNonNull(blobs, "blobs");
    this.roots = List.copyOf(roots);
  }

  @Override
  public List<Descriptor> roots() {
    return roots;
  }

  @Override
  public Descriptor resolve(Digest digest) throws IOException {
    try (BlobReader reader = blobs.open(digest)) {
      return ManifestReader.describe(digest, reader);
    }
  }

  @Override
  public BlobReader open(Descriptor blob) throws IOException {
    return blobs.open(blob.digest());
  }

  @Override
  public Optional<List<Digest>> blobs() throws IOException {
    return Optional.of(blobs.digests());
  }

  @Override
  public void close() {
    // Every reader belongs to its caller; the store itself holds nothing open.
  }
}
