package io.gantry.driver.directory;

import io.gantry.api.GantryException;
import io.gantry.api.GantryException.Kind;
import io.gantry.api.file.LockFile;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Keeps pruning and exporting apart. An export relies on blobs that no index names: those that it
 * has committed itself, and old ones that it {@linkplain DirectoryDriver#contains finds} and does
 * not send again. While one is at work nothing may be removed.
 *
 * <p>Each side announces itself first and looks for the other then:
 *
 * <ol>
 *   <li>an export creates and locks its staging folder, then waits until nobody holds this lock,
 *       and only then looks at a blob;
 *   <li>a prune takes this lock, and only then looks for locked staging folders; it goes on if
 *       there is none, and holds the lock until its last blob is removed.
 * </ol>
 *
 * <p>Let an export and a prune overlap. If the export had its folder before the prune looked, the
 * prune has seen it and gives up, having removed nothing. If not, the prune held the lock when the
 * folder was locked, as it takes the lock before it looks; so the export waits for the end of the
 * prune, and what it finds then stays. An export that ended before the prune looked has published
 * its index, or failed and needs nothing; the prune reads the index after it has looked. There is
 * no third case, and no clock in the argument. A lock ends with its process, so neither side waits
 * for one that was killed.
 *
 * <p>A dry run only looks for staging folders: it creates nothing, and needs no permission to
 * write.
 *
 * <p>The file is never deleted, as two prunes could then lock two files of one name. Where it does
 * not exist nobody has pruned, and an export need not create it: a prune that does so later looks
 * for staging folders later still.
 */
final class PruneLock implements Closeable {
  /** A prune reads manifests and deletes files; who takes longer than this is stuck. */
  private static final Duration LIMIT = Duration.ofMinutes(1);

  private final @Nullable LockFile lock;
  private final List<String> litter = new ArrayList<>();

  private PruneLock(@Nullable LockFile lock) {
    this.lock = lock;
  }

  private static Path file(Path root) {
    return root.resolve(".gantry-prune.lock");
  }

  /** Waits until no prune is at work. What begins later sees the caller, if it is announced. */
  static void awaitEnd(Path root) throws IOException {
    Path file = file(root);
    if (Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
      LockFile.awaitEnd(file, LIMIT);
    }
  }

  /**
   * Begins to prune. The caller closes the lock, which ends it.
   *
   * @param dryRun whether nothing is going to be changed
   * @throws GantryException of kind {@code TARGET_FAILED} if an export is at work
   */
  static PruneLock begin(Path root, boolean dryRun) throws IOException {
    PruneLock pruning = new PruneLock(dryRun ? null : LockFile.acquire(file(root), LIMIT));
    boolean alone = false;
    try {
      for (Path staging : StagingFolder.all(root)) {
        pruning.lookAt(staging, root);
      }
      alone = true;
      return pruning;
    } finally {
      if (!alone) {
        pruning.close();
      }
    }
  }

  private void lookAt(Path staging, Path root) throws IOException {
    try {
      if (lock == null ? StagingFolder.isDead(staging) : StagingFolder.removeIfDead(staging)) {
        litter.add(String.valueOf(staging.getFileName()));
        return;
      }
    } catch (NoSuchFileException gone) {
      // Its export has ended since it was listed.
      return;
    }
    throw new GantryException(
        Kind.TARGET_FAILED,
        "%s: an export is at work in it (%s); prune when it has ended"
            .formatted(root, staging.getFileName()));
  }

  /** Returns the names of the folders that killed exports left. */
  List<String> litter() {
    return litter;
  }

  @Override
  public void close() throws IOException {
    if (lock != null) {
      lock.close();
    }
  }
}
