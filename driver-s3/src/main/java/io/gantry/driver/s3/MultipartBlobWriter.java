package io.gantry.driver.s3;

import io.gantry.api.driver.BlobWriter;
import io.gantry.api.oci.Descriptor;
import io.gantry.api.oci.Digest;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** A blob that is sent in parts while it is written, and exists once it is verified. */
final class MultipartBlobWriter implements BlobWriter {
  private final MultipartUpload upload;
  private final PartBuffers buffers;
  private final String url;
  private final Descriptor blob;
  private final int partBytes;
  private byte @Nullable [] buffer;
  private int filled;
  private long written;
  private boolean open = true;
  private boolean committed;

  MultipartBlobWriter(
      MultipartUpload upload, PartBuffers buffers, String url, Descriptor blob, int partBytes) {
    this.upload = upload;
    this.buffers = buffers;
    this.url = url;
    this.blob = blob;
    this.partBytes = partBytes;
  }

  @Override
  public int write(ByteBuffer src) throws IOException {
    upload.check();
    int count = src.remaining();
    while (src.hasRemaining()) {
      byte[] part = buffer == null ? buffers.take(partBytes) : buffer;
      buffer = part;
      int length = Math.min(src.remaining(), partBytes - filled);
      src.get(part, filled, length);
      filled += length;
      if (filled == partBytes) {
        send(part);
      }
    }
    written += count;
    return count;
  }

  private void send(byte[] part) throws IOException {
    int length = filled;
    buffer = null;
    filled = 0;
    upload.add(part, length);
  }

  @Override
  public void commit(long size, Digest digest) throws IOException {
    if (size != written || size != blob.size() || !digest.equals(blob.digest())) {
      throw new IOException(
          "%s: %d bytes written, asked to commit %d bytes of %s"
              .formatted(url, written, size, digest));
    }
    if (buffer != null) {
      send(buffer);
    }
    upload.complete(size);
    committed = true;
  }

  @Override
  public boolean isOpen() {
    return open;
  }

  @Override
  public void close() throws IOException {
    if (!open) {
      return;
    }
    open = false;
    if (buffer != null) {
      buffers.giveBack(buffer);
      buffer = null;
    }
    if (!committed) {
      upload.abort();
    }
  }
}
