package io.gantry.api.content;

import io.gantry.api.GantryException;
import io.gantry.api.oci.Descriptor;
import io.gantry.api.oci.Digest;
import java.io.Closeable;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * Where images come from: blobs by descriptor, and the images that are offered by name.
 *
 * <p>A store trusts nobody and is trusted by nobody: whatever it hands out is counted and hashed by
 * the export, so a store does not verify. Safe for use by several threads. The caller closes it.
 */
public interface ContentStore extends Closeable {
  /**
   * Returns the images that this store offers, as the entries of an {@code index.json}; empty for a
   * store that keeps no names.
   *
   * @throws IOException if the store cannot be read
   */
  List<Descriptor> roots() throws IOException;

  /**
   * Returns the descriptor of a manifest or index that is known by its digest alone.
   *
   * @throws GantryException of kind {@code NOT_FOUND} if there is no such blob, {@code
   *     INVALID_IMAGE} if it is neither a manifest nor an index, {@code CONTENT_MISMATCH} if its
   *     bytes are not those of the digest
   * @throws IOException if the store cannot be read
   */
  Descriptor resolve(Digest digest) throws IOException;

  /**
   * Opens a blob. The caller closes the reader.
   *
   * @throws GantryException of kind {@code NOT_FOUND} if there is no such blob
   * @throws IOException if the store cannot be read
   */
  BlobReader open(Descriptor blob) throws IOException;

  /**
   * Returns the digests of all blobs that this store holds, whether an image needs them or not;
   * empty if it cannot tell.
   *
   * @throws IOException if the store cannot be read
   */
  default Optional<List<Digest>> blobs() throws IOException {
    return Optional.empty();
  }
}
