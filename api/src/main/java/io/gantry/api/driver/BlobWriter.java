package io.gantry.api.driver;

import io.gantry.api.oci.Digest;
import java.io.IOException;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Receives one blob: bytes, then {@link #commit}, then {@link #close}. Used by one thread, which
 * need not be the one that opened it and which is interrupted when the export is to end.
 *
 * <p>{@link #write} consumes what it is given, from any kind of buffer, or throws. It changes none
 * of the bytes, which another thread may be reading.
 */
public interface BlobWriter extends WritableByteChannel {
  /**
   * Takes the content from a file, instead of having it written: by a link to it, for example. The
   * framework asks before it writes, and if the answer is a channel it writes nothing, but hashes
   * what the channel gives, which must be what a commit publishes, and closes it.
   *
   * @param file holds the blob and nothing else, or did when it was looked at
   * @return what is in the place of the blob now, or nothing if it must be written
   * @throws IOException if the blob can no longer be written either
   */
  default Optional<ReadableByteChannel> link(Path file) throws IOException {
    return Optional.empty();
  }

  /**
   * Makes the blob part of the export, whole. Called at most once, after the framework has compared
   * both values with the descriptor.
   *
   * @param size how many bytes were written or linked
   * @param digest the digest of those bytes
   * @throws IOException if the carrier does not have the blob; then none of it is ever visible
   */
  void commit(long size, Digest digest) throws IOException;

  /** Discards the blob if it was not committed. May be called again, and then does nothing. */
  @Override
  void close() throws IOException;
}
