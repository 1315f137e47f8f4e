package io.gantry.driver.directory;

import io.gantry.api.GantryException;
import io.gantry.api.GantryException.Kind;
import io.gantry.api.content.BlobReader;
import io.gantry.api.content.ContentStore;
import io.gantry.api.content.ManifestReader;
import io.gantry.api.file.BlobFolder;
import io.gantry.api.oci.Descriptor;
import io.gantry.api.oci.Digest;
import io.gantry.api.oci.Index;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** An OCI image layout as a source: its index was read when it was opened. */
final class DirectoryStore implements ContentStore {
  private final BlobFolder blobs;
  private final List<Descriptor> roots;

  private DirectoryStore(BlobFolder blobs, List<Descriptor> roots) {
    this.blobs = blobs;
    this.roots = roots;
  }

  static DirectoryStore open(Path root) throws IOException {
    if (!Files.isDirectory(root)) {
      throw new GantryException(Kind.NOT_FOUND, root + ": no such folder");
    }
    LayoutFiles files = new LayoutFiles(root);
    if (!files.hasHeader()) {
      throw new GantryException(
          Kind.NOT_FOUND,
          "%s is no OCI image layout, it has no oci-layout file; for containerd's content write"
                  .formatted(root)
              + " store: instead of dir:");
    }
    files.checkHeader();
    byte[] index =
        files
            .readIndex()
            .orElseThrow(() -> new GantryException(Kind.NOT_FOUND, root + ": has no index.json"));
    return new DirectoryStore(
        new BlobFolder(root), Index.parseLayoutIndex(files.index().toString(), index).manifests());
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
  public void close() {
    // Every reader belongs to its caller; the store itself holds nothing open.
  }
}
