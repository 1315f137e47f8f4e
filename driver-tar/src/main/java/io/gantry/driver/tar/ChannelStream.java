package io.gantry.driver.tar;

import io.gantry.api.file.FileFailure;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.util.Arrays;

/** The bytes of a file or pipe in their order, with a look at the first ones. */
final class ChannelStream extends InputStream {
  private static final int BUFFER_BYTES = 64 * 1024;

  private final ReadableByteChannel channel;
  private final Object name;
  private final ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES).limit(0);

  ChannelStream(ReadableByteChannel channel, Object name) {
    this.channel = channel;
    this.name = name;
  }

  /** Returns the next bytes, fewer only at the end, and leaves them to be read. */
  byte[] peek(int count) throws IOException {
    while (buffer.remaining() < count) {
      buffer.compact();
      int read = fill();
      if (read < 0) {
        break;
      }
    }
    int start = buffer.arrayOffset() + buffer.position();
    return Arrays.copyOfRange(buffer.array(), start, start + Math.min(count, buffer.remaining()));
  }

  private int fill() throws IOException {
    try {
      return channel.read(buffer);
    } catch (IOException e) {
      throw FileFailure.at(name, e);
    } finally {
      buffer.flip();
    }
  }

  private boolean atEnd() throws IOException {
    if (!buffer.hasRemaining()) {
      buffer.clear();
      return fill() < 0;
    }
    return false;
  }

  @Override
  public int read() throws IOException {
    return atEnd() ? -1 : buffer.get() & 0xff;
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    if (atEnd()) {
      return -1;
    }
    int count = Math.min(length, buffer.remaining());
    buffer.get(bytes, offset, count);
    return count;
  }

  /**
   * Waits for at least one byte, unlike other streams: zero is the end, and not a pipe that is
   * late.
   */
  @Override
  public int available() throws IOException {
    return atEnd() ? 0 : buffer.remaining();
  }

  /** Reads what is left, so that whoever writes it is not told that nobody does. */
  void drain() throws IOException {
    do {
      buffer.position(buffer.limit());
    } while (!atEnd());
  }
}
