package io.gantry.api.driver;

import io.gantry.api.oci.Digest;
import java.io.IOException;
import java.nio.channels.WritableByteChannel;

/**
 * Receives one blob: bytes, then {@link #commit}, then {@link #close}. Used by one thread, which
 * need not be the one that opened it and which is interrupted when the export is to end.
 *
 * <p>{@link #write} consumes what it is given, from any kind of buffer, or throws. It changes none
 * of the bytes, which another thread may be reading.
 */
public interface BlobWriter extends WritableByteChannel {
  /**
   * Makes the blob part of the export, whole. Called at most once, after the framework has compared
   * both values with the descriptor.
   *
   * @param size how many bytes were written
   * @param digest the digest of the bytes that were written
   * @throws IOException if the carrier does not have the blob; then none of it is ever visible
   */
  void commit(long size, Digest digest) throws IOException;

  /** Discards the blob if it was not committed. May be called again, and then does nothing. */
  @Override
  void close() throws IOException;
}
