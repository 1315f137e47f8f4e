package io.gantry.api.layout;

import java.util.List;

/**
 * What was removed, or would be.
 *
 * @param removed the blobs that no image needs, in the order of their digests
 * @param young blobs that no image needs and that stay, as somebody may be about to need them
 * @param kept how many blobs the images need, of those that are there
 * @param litter what killed exports left and is gone too, by its path in the carrier
 * @param foreign what is among the blobs and is none, by its path in the carrier; it stays. A path
 *     is chosen by whoever made the file, so it is to be escaped before it gets to a terminal
 */
public record PruneReport(
    List<StoredBlob> removed,
    List<StoredBlob> young,
    int kept,
    List<String> litter,
    List<String> foreign) {

  /** Copies the lists. */
  public PruneReport {
    removed = List.copyOf(removed);
    young = List.copyOf(young);
    litter = List.copyOf(litter);
    foreign = List.copyOf(foreign);
  }

  /** Returns the length of all removed blobs together in bytes. */
  public long bytes() {
    return removed.stream().mapToLong(StoredBlob::size).sum();
  }
}
