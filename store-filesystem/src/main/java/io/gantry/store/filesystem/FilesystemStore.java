package io.gantry.store.filesystem;

import io.gantry.api.content.BlobReader;
import io.gantry.api.content.ContentStore;
import io.gantry.api.content.ManifestReader;
import io.gantry.api.file.BlobFolder;
import io.gantry.api.oci.Descriptor;
import io.gantry.api.oci.Digest;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** Blobs by digest, and no names. */
final class FilesystemStore implements ContentStore {
  private final BlobFolder blobs;

  FilesystemStore(Path root) {
    this.blobs = new BlobFolder(root);
  }

  @Override
  public List<Descriptor> roots() {
    return List.of();
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
  public void close() {
    // Every reader belongs to its caller; the store itself holds nothing open.
  }
}
