package io.gantry.driver.directory;

import io.gantry.api.GantryException;
import io.gantry.api.GantryException.Kind;
import io.gantry.api.file.BlobFolder;
import io.gantry.api.file.FolderStore;
import io.gantry.api.layout.Layout;
import io.gantry.api.layout.PruneOptions;
import io.gantry.api.layout.PruneReport;
import io.gantry.api.layout.ReachableBlobs;
import io.gantry.api.layout.Removal;
import io.gantry.api.oci.Descriptor;
import io.gantry.api.oci.Digest;
import io.gantry.api.oci.Index;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/** Looks after an image layout in a folder. */
final class DirectoryLayout implements Layout {
  private final Path root;
  private final LayoutFiles files;

  private DirectoryLayout(Path root, LayoutFiles files) {
    this.root = root;
    this.files = files;
  }

  static DirectoryLayout open(Path root) throws IOException {
    LayoutFiles files = new LayoutFiles(root);
    files.requireLayout();
    return new DirectoryLayout(root, files);
  }

  @Override
  public List<Descriptor> remove(Removal removal) throws IOException {
    return files.remove(removal);
  }

  @Override
  public PruneReport prune(PruneOptions options) throws IOException {
    Instant youngest = Instant.now().minus(options.grace());
    // The lock of the index would keep out nobody else: whoever takes it to add to the index has a
    // staging folder, and what is removed meanwhile stays one prune longer.
    try (PruneLock pruning = PruneLock.begin(root, options.dryRun())) {
      byte[] index = files.requireIndex();
      UnneededBlobs blobs = UnneededBlobs.of(root, neededBy(index), youngest);
      if (!options.dryRun()) {
        requireUnchanged(index);
        blobs.remove();
      }
      return new PruneReport(
          blobs.old(), blobs.young(), blobs.needed(), pruning.litter(), blobs.foreign());
    }
  }

  /** Other tools take no lock; what they have just published needs what nothing needed before. */
  private void requireUnchanged(byte[] index) throws IOException {
    if (!Arrays.equals(index, files.requireIndex())) {
      throw new GantryException(
          Kind.TARGET_FAILED,
          "%s: changed meanwhile, no blob was removed; prune when nobody else writes to the layout"
              .formatted(files.index()));
    }
  }

  private Set<Digest> neededBy(byte[] json) throws IOException {
    Index index = Index.parseLayoutIndex(files.index().toString(), json);
    try (FolderStore store = new FolderStore(new BlobFolder(root), index.manifests())) {
      return ReachableBlobs.of(store, store.roots());
    }
  }

  @Override
  public void close() {
    // Locks are held by a call, not between two.
  }
}
