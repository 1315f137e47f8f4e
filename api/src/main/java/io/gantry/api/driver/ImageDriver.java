package io.gantry.api.driver;

import io.gantry.api.oci.Descriptor;
import io.gantry.api.oci.Index;
import java.io.Closeable;
import java.io.IOException;

/**
 * One export onto one carrier, after containerd's {@code ImageDriver}. The framework calls {@link
 * #init} once and first, then {@link #blobWriter} for each blob in the order that {@code init}
 * announced, then {@link #writeIndex} once and last, then {@link #close}; it has counted and hashed
 * every blob before it commits it. A driver may rely on that order and needs no guards.
 *
 * <p>Nothing is visible to a reader of the target before {@code writeIndex} returns. A driver is
 * used by one thread. If {@link #maxOpenWriters} allows several writers, each of them is used by a
 * thread of its own, while the thread of the driver asks what it {@link #contains} and opens more.
 */
public interface ImageDriver extends Closeable {
  /**
   * Begins the export.
   *
   * @param options what will come and how to treat what is there already
   * @throws IOException if the target cannot be written, with a message that names it
   */
  void init(InitOptions options) throws IOException;

  /**
   * Returns a writer for one blob. The framework closes it before it opens more than {@link
   * #maxOpenWriters}; it may be closed without a byte, when another blob has failed.
   *
   * @param blob what will be written; the digest and size are expected, and proven at commit
   * @throws IOException if the target cannot be written
   */
  BlobWriter blobWriter(Descriptor blob) throws IOException;

  /**
   * Publishes: when this returns, a reader finds every blob and every entry of the index; when it
   * throws, a reader finds what was there before.
   *
   * @param index the entries to publish, the same that {@link #init} announced; added to what the
   *     carrier holds already, in one atomic step, if it can hold more than one export
   * @throws IOException if the target cannot be written
   */
  void writeIndex(Index index) throws IOException;

  /**
   * Ends the export. Without {@link #writeIndex} it takes back what can be taken back; blobs that
   * were committed whole may stay for the next run to reuse, invisible as no index names them.
   */
  @Override
  void close() throws IOException;

  /**
   * Returns how many writers may be open side by side, each used by its own thread; the same each
   * time. With one, no other thread than the caller's uses the driver. Asked once {@link #init} has
   * succeeded.
   */
  default int maxOpenWriters() {
    return 1;
  }

  /**
   * Returns whether the carrier holds this blob already, so that it need not be sent. Its name
   * alone is no proof: what is, is its content, a checksum of the carrier's own, or its size on a
   * carrier that holds things whole or not at all and has checked them. Asked once for each blob,
   * before its writer is opened.
   *
   * @throws IOException if the target cannot be read
   */
  default boolean contains(Descriptor blob) throws IOException {
    return false;
  }
}
