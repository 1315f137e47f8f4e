package io.gantry.api.layout;

import io.gantry.api.GantryException;
import io.gantry.api.oci.Descriptor;
import java.io.Closeable;
import java.io.IOException;
import java.util.List;

/**
 * A carrier that holds many images, as who looks after it sees it. It may be written to by others
 * at the same time: every call locks what it must, and none takes away what an export is about to
 * publish. Used by one thread; the caller closes it.
 */
public interface Layout extends Closeable {
  /**
   * Takes entries out of the index, all of them in one step that nothing can come between, or none.
   * Everything else in the index stays as it is, with unknown members and the order intact, and no
   * blob is touched: {@link #prune} does that.
   *
   * @return the entries that are gone, in their order
   * @throws GantryException of kind {@code NOT_FOUND} if there is no such entry, {@code
   *     INVALID_ARGUMENT} if it is not clear which is meant, {@code INVALID_IMAGE} if the index is
   *     not one
   * @throws IOException if the carrier cannot be written
   */
  List<Descriptor> remove(Removal removal) throws IOException;

  /**
   * Removes the blobs that no entry of the index leads to, unless they are young, and what killed
   * exports left. To know what is needed every index and manifest is read and verified first; if
   * one of them is not what it should be, no blob is removed. Who reads an image while it is
   * removed and pruned may find its blobs gone.
   *
   * @throws GantryException of kind {@code NOT_FOUND}, {@code CONTENT_MISMATCH}, {@code
   *     INVALID_IMAGE} or {@code SOURCE_FAILED} if it cannot be known what is needed, {@code
   *     TARGET_FAILED} if an export is at work
   * @throws IOException if the carrier cannot be read or written
   */
  PruneReport prune(PruneOptions options) throws IOException;
}
