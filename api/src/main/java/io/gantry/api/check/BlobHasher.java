package io.gantry.api.check;

import io.gantry.api.GantryException;
import io.gantry.api.GantryException.Kind;
import io.gantry.api.content.BlobReader;
import io.gantry.api.content.ContentStore;
import io.gantry.api.oci.Descriptor;
import io.gantry.api.oci.Digest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * Reads blobs to their end and hashes them. What a store says of their size is not believed: the
 * bytes are counted. Safe for use by several threads.
 */
final class BlobHasher {
  private static final int BUFFER_BYTES = 64 * 1024;

  private final ContentStore source;
  private final BooleanSupplier stopped;
  // As many as there are threads: what is allocated outside the heap is not soon given back.
  private final Queue<ByteBuffer> buffers = new ConcurrentLinkedQueue<>();

  /**
   * Makes a hasher.
   *
   * @param stopped asked before each buffer, whether the rest is not wanted any more
   */
  BlobHasher(ContentStore source, BooleanSupplier stopped) {
    this.source = source;
    this.stopped = stopped;
  }

  /**
   * Reads a blob.
   *
   * @param sink gets the bytes, in as many pieces as there are
   * @throws GantryException if it was interrupted, and for no other reason
   */
  Reading read(Descriptor blob, Consumer<ByteBuffer> sink) throws GantryException {
    ByteBuffer buffer = buffers.poll();
    if (buffer == null) {
      buffer = ByteBuffer.allocateDirect(BUFFER_BYTES);
    }
    try (BlobReader reader = source.open(blob)) {
      return read(blob.digest(), reader, buffer, sink);
    } catch (IOException e) {
      GantryException known = GantryException.of(Kind.SOURCE_FAILED, "cannot be read", e);
      return switch (known.kind()) {
        case INTERRUPTED -> throw known;
        case NOT_FOUND -> Reading.failed(Fault.Kind.MISSING, "not in the source");
        default -> Reading.failed(Fault.Kind.UNREADABLE, String.valueOf(known.getMessage()));
      };
    } finally {
      buffers.add(buffer);
    }
  }

  private Reading read(
      Digest digest, BlobReader reader, ByteBuffer buffer, Consumer<ByteBuffer> sink)
      throws IOException {
    MessageDigest hash = digest.algorithm().newMessageDigest();
    long position = 0;
    while (true) {
      if (stopped.getAsBoolean()) {
        throw CheckThreads.interruption();
      }
      int count = reader.read(buffer.clear(), position);
      if (count < 0) {
        return Reading.of(position, Digest.finish(digest.algorithm(), hash));
      }
      if (count == 0) {
        throw new IOException("the source gave no bytes after %d".formatted(position));
      }
      hash.update(buffer.flip());
      sink.accept(buffer.rewind());
      position += count;
    }
  }
}
