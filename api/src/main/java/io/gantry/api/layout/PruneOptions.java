package io.gantry.api.layout;

import java.time.Duration;

/**
 * What to prune, and whether.
 *
 * @param grace how old a blob must be to be removed, not negative. Tools that write blobs before
 *     the index and say nothing of it, which is all but Gantry, need as long as their longest copy
 *     takes
 * @param dryRun whether to find out what would be removed and remove nothing
 */
public record PruneOptions(Duration grace, boolean dryRun) {
  /** An hour of grace, and no dry run. */
  public static final PruneOptions DEFAULT = new PruneOptions(Duration.ofHours(1), false);

  /**
   * Checks the grace.
   *
   * @throws IllegalArgumentException if it is negative
   */
  public PruneOptions {
    if (grace.isNegative()) {
      throw new IllegalArgumentException("a grace of %s is negative".formatted(grace));
    }
  }
}
