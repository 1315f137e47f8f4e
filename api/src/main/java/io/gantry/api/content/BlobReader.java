package io.gantry.api.content;

import io.gantry.api.oci.Digest;
import io.gantry.api.oci.DigestAlgorithm;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Optional;

/**
 * The bytes of one blob, read by position as with containerd's {@code ReaderAt}: there is no shared
 * cursor, so ranges may be read again and by several threads side by side. The caller closes it.
 */
public interface BlobReader extends Closeable {
  /**
   * Returns a reader of bytes that are in memory.
   *
   * @param content is not copied
   */
  static BlobReader of(byte[] content) {
    return new BytesReader(content);
  }

  /** Returns the length of the stored blob in bytes, whatever its descriptor says. */
  long size() throws IOException;

  /**
   * Reads bytes into {@code dst}, at least one unless the end is reached or {@code dst} is full.
   *
   * @param dst where the bytes go
   * @param position the offset of the first byte in the blob, not negative
   * @return how many bytes were read, or -1 if {@code position} is at or beyond the end
   */
  int read(ByteBuffer dst, long position) throws IOException;

  /**
   * Returns the file whose content is the blob and nothing else, if there is one: a target on the
   * same file system may link to it instead of being sent its bytes. Asked of every reader, as soon
   * as it is open, so it should not cost anything.
   */
  default Optional<Path> file() {
    return Optional.empty();
  }

  /** Returns the digest of the stored bytes, all of which it reads. */
  default Digest digest(DigestAlgorithm algorithm) throws IOException {
    MessageDigest hash = algorithm.newMessageDigest();
    ByteBuffer buffer = ByteBuffer.allocateDirect((int) Math.max(1, Math.min(size(), 64 * 1024)));
    long position = 0;
    for (int count; (count = read(buffer, position)) > 0; position += count) {
      hash.update(buffer.flip());
      buffer.clear();
    }
    return Digest.finish(algorithm, hash);
  }
}
