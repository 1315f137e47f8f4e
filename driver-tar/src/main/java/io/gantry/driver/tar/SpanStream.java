package io.gantry.driver.tar;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;

/** One member as a stream. Used by one thread. */
final class SpanStream extends InputStream {
  private final SpanReader reader;
  private long position;

  SpanStream(ArchiveContent content, Span span) {
    reader = new SpanReader(content, span);
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    int count = reader.read(ByteBuffer.wrap(bytes, offset, length), position);
    position += Math.max(count, 0);
    return count;
  }

  @Override
  public int available() {
    return (int) Math.min(reader.size() - position, Integer.MAX_VALUE);
  }
}
