package io.gantry.api.export;

import io.gantry.api.GantryException;
import io.gantry.api.GantryException.Kind;
import io.gantry.api.content.BlobReader;
import io.gantry.api.content.ContentStore;
import io.gantry.api.content.Verification;
import io.gantry.api.driver.BlobWriter;
import io.gantry.api.oci.Descriptor;
import io.gantry.api.oci.Digest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.function.BooleanSupplier;

/**
 * Moves blobs one after the other through one buffer: read, hash, write, and commit if size and
 * digest are right. Used by one thread at a time.
 */
final class BlobTransfer {
  private static final int BUFFER_BYTES = 256 * 1024;

  private final ContentStore source;
  private final ExportListener listener;
  private final BooleanSupplier stopped;
  private final ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_BYTES);

  /**
   * Makes a transfer.
   *
   * @param stopped asked before each buffer, whether the rest is not wanted any more
   */
  BlobTransfer(ContentStore source, ExportListener listener, BooleanSupplier stopped) {
    this.source = source;
    this.listener = listener;
    this.stopped = stopped;
  }

  /** Moves one blob and commits it; the caller closes the writer. */
  void move(Descriptor blob, BlobWriter writer) throws GantryException {
    checkStopped();
    try (BlobReader reader = open(blob)) {
      Verification.size(blob.digest(), blob.size(), sizeOf(blob, reader));
      copy(blob, reader, writer);
    } catch (IOException e) {
      throw GantryException.of(Kind.SOURCE_FAILED, "cannot read blob " + blob.digest(), e);
    }
  }

  private void copy(Descriptor blob, BlobReader reader, BlobWriter writer) throws GantryException {
    MessageDigest hash = blob.digest().algorithm().newMessageDigest();
    try {
      long position = 0;
      while (position < blob.size()) {
        checkStopped();
        int count = fill(blob, reader, position);
        hash.update(buffer);
        buffer.rewind();
        drain(blob, writer);
        position += count;
        listener.bytesWritten(blob, count);
      }
      Digest actual = Digest.finish(blob.digest().algorithm(), hash);
      Verification.digest(blob.digest(), actual);
      writer.commit(position, actual);
    } catch (IOException e) {
      throw GantryException.of(Kind.TARGET_FAILED, "cannot write blob " + blob.digest(), e);
    }
  }

  private void checkStopped() throws GantryException {
    if (stopped.getAsBoolean()) {
      throw Interruption.exception();
    }
  }

  private int fill(Descriptor blob, BlobReader reader, long position) throws GantryException {
    buffer.clear();
    buffer.limit((int) Math.min(buffer.capacity(), blob.size() - position));
    int count;
    try {
      count = reader.read(buffer, position);
    } catch (IOException e) {
      throw GantryException.of(Kind.SOURCE_FAILED, "cannot read blob " + blob.digest(), e);
    }
    if (count < 0) {
      // It had its full size when it was opened, so it shrank under the reader.
      Verification.size(blob.digest(), blob.size(), position);
    }
    int filled = buffer.flip().remaining();
    if (filled == 0) {
      throw new GantryException(
          Kind.SOURCE_FAILED, "blob %s: the source gave no bytes".formatted(blob.digest()));
    }
    return filled;
  }

  private void drain(Descriptor blob, BlobWriter writer) throws IOException {
    while (buffer.hasRemaining()) {
      int before = buffer.remaining();
      writer.write(buffer);
      if (buffer.remaining() == before) {
        throw new IOException("the driver took none of the bytes of " + blob.digest());
      }
    }
  }

  private BlobReader open(Descriptor blob) throws GantryException {
    try {
      return source.open(blob);
    } catch (IOException e) {
      throw GantryException.of(Kind.SOURCE_FAILED, "cannot read blob " + blob.digest(), e);
    }
  }

  private static long sizeOf(Descriptor blob, BlobReader reader) throws GantryException {
    try {
      return reader.size();
    } catch (IOException e) {
      throw GantryException.of(Kind.SOURCE_FAILED, "cannot read blob " + blob.digest(), e);
    }
  }
}
