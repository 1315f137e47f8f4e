package io.gantry.api.layout;

import java.time.Duration;

/**
 * What to prune, and whether.
 *
 * @param grace how old a blob must be to be removed, not negative. It is a net for tools that write
 *     blobs before the index and say nothing of it, which is all but Gantry: none of them should be
 *     at work, as it does not hold those that rely on an old blob
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
