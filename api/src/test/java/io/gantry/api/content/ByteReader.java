package io.gantry.api.content;

import java.nio.ByteBuffer;

/** A blob in memory whose reads may be as short, and whose size as wrong, as a test needs. */
final class ByteReader implements BlobReader {
  private final byte[] content;
  private final long claimed;
  private final int chunk;

  private ByteReader(byte[] content, long claimed, int chunk) {
    this.content = content;
    this.claimed = claimed;
    this.chunk = chunk;
  }

  static ByteReader of(byte[] content) {
    return new ByteReader(content, content.length, Integer.MAX_VALUE);
  }

  /** Returns this blob with no read longer than {@code other}. */
  ByteReader inChunksOf(int other) {
    return new ByteReader(content, claimed, other);
  }

  /** Returns this blob with another answer to {@link #size}. */
  ByteReader claiming(long other) {
    return new ByteReader(content, other, chunk);
  }

  @Override
  public long size() {
    return claimed;
  }

  @Override
  public int read(ByteBuffer dst, long position) {
    if (position >= content.length) {
      return -1;
    }
    int count = (int) Math.min(Math.min(dst.remaining(), chunk), content.length - position);
    dst.put(content, (int) position, count);
    return count;
  }

  @Override
  public void close() {}
}
