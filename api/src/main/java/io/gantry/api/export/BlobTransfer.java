package io.gantry.api.export;

import io.gantry.api.GantryException;
import io.gantry.api.GantryException.Kind;
import io.gantry.api.content.BlobReader;
import io.gantry.api.content.ContentStore;
import io.gantry.api.content.Verification;
import io.gantry.api.driver.BlobWriter;
import io.gantry.api.driver.ImageDriver;
import io.gantry.api.oci.Descriptor;
import io.gantry.api.oci.Digest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;

/**
 * Moves blobs one after the other through one buffer: read, hash, write, and commit if size and
 * digest are right.
 */
final class BlobTransfer {
  private static final int BUFFER_BYTES = 256 * 1024;

  private final ContentStore source;
  private final ImageDriver target;
  private final ExportListener listener;
  private final ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_BYTES);

  BlobTransfer(ContentStore source, ImageDriver target, ExportListener listener) {
    this.source = source;
    this.target = target;
    this.listener = listener;
  }

  void move(Descriptor blob) throws GantryException {
    try (BlobReader reader = open(blob)) {
      Verification.size(blob.digest(), blob.size(), sizeOf(blob, reader));
      write(blob, reader);
    } catch (IOException e) {
      throw GantryException.of(Kind.SOURCE_FAILED, "cannot read blob " + blob.digest(), e);
    }
  }

  private void write(Descriptor blob, BlobReader reader) throws GantryException {
    MessageDigest hash = blob.digest().algorithm().newMessageDigest();
    try (BlobWriter writer = target.blobWriter(blob)) {
      long position = 0;
      while (position < blob.size()) {
        int count = fill(blob, reader, position);
        hash.update(buffer.duplicate());
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
