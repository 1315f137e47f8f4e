package io.gantry.api.content;

import java.nio.ByteBuffer;

/** A blob that is in memory. */
final class BytesReader implements BlobReader {
  private final byte[] content;

  BytesReader(byte[] content) {
    this.content = content;
  }

  @Override
  public long size() {
    return content.length;
  }

  @Override
  public int read(ByteBuffer dst, long position) {
    if (position >= content.length) {
      return -1;
    }
    int count = (int) Math.min(dst.remaining(), content.length - position);
    dst.put(content, (int) position, count);
    return count;
  }

  @Override
  public void close() {}
}
