package io.gantry.driver.s3;

import io.gantry.api.driver.BlobWriter;
import io.gantry.api.oci.Descriptor;
import io.gantry.api.oci.Digest;
import java.io.IOException;
import java.nio.ByteBuffer;

/** A blob that fits into one buffer, sent when all of it is there and verified. */
final class WholeBlobWriter implements BlobWriter {
  private final BlobUploads uploads;
  private final PartBuffers buffers;
  private final Descriptor blob;
  private final byte[] buffer;
  private int length;
  private boolean open = true;

  WholeBlobWriter(BlobUploads uploads, PartBuffers buffers, Descriptor blob) throws IOException {
    this.uploads = uploads;
    this.buffers = buffers;
    this.blob = blob;
    this.buffer = buffers.take((int) blob.size());
  }

  @Override
  public int write(ByteBuffer src) throws IOException {
    int count = src.remaining();
    if (count > buffer.length - length) {
      throw new IOException(
          "%s: more than the %d bytes that were announced"
              .formatted(uploads.url(blob.digest()), blob.size()));
    }
    src.get(buffer, length, count);
    length += count;
    return count;
  }

  @Override
  public void commit(long size, Digest digest) throws IOException {
    if (size != length || size != blob.size() || !digest.equals(blob.digest())) {
      throw new IOException(
          "%s: %d bytes written, asked to commit %d bytes of %s"
              .formatted(uploads.url(blob.digest()), length, size, digest));
    }
    uploads.put(blob, buffer, length);
  }

  @Override
  public boolean isOpen() {
    return open;
  }

  @Override
  public void close() {
    if (open) {
      open = false;
      buffers.giveBack(buffer);
    }
  }
}
