package io.gantry.driver.tar;

import java.io.IOException;
import java.nio.ByteBuffer;

/** An archive that can be read anywhere: content is passed over without a look at it. */
final class SeekableInput implements TarInput {
  private final ArchiveContent content;
  private final long size;
  private long position;

  SeekableInput(ArchiveContent content, long size) {
    this.content = content;
    this.size = size;
  }

  @Override
  public void read(ByteBuffer dst) throws IOException {
    for (int count; dst.hasRemaining(); position += count) {
      count = content.read(dst, position);
      if (count < 0) {
        return;
      }
    }
  }

  @Override
  public boolean skip(long count) {
    boolean whole = count <= size - position;
    position = whole ? position + count : size;
    return whole;
  }

  @Override
  public long keep(long count) {
    long start = position;
    return skip(count) ? start : -1;
  }
}
