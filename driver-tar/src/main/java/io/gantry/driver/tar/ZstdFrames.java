package io.gantry.driver.tar;

import io.gantry.api.GantryException;
import io.gantry.api.GantryException.Kind;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * What was compressed with zstd, as the library takes it: it does not know the frames that are to
 * be skipped, and calls large windows malformed. Of all others the bytes stay as they are; where
 * the next frame begins is found by the headers of the blocks.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc8878">RFC 8878</a>
 */
final class ZstdFrames extends InputStream {
  private static final int MAGIC = 0xfd2fb528;
  private static final int MAGIC_BYTES = 4;
  private static final int SKIPPABLE_MAGIC = 0x184d2a50;
  private static final int SKIPPABLE_MASK = 0xfffffff0;
  private static final int MAX_HEADER_BYTES = 18;
  private static final int SINGLE_SEGMENT = 0x20;
  private static final int HAS_CHECKSUM = 4;
  private static final int CHECKSUM_BYTES = 4;
  private static final int REPEATED_BYTE = 1;
  private static final int MIN_WINDOW_LOG = 10;
  private static final long MAX_WINDOW_BYTES = 8 * 1024 * 1024;

  private final InputStream in;
  private final Object name;

  /** A header that had to be looked at, and is yet to be passed on. */
  private final ByteBuffer header =
      ByteBuffer.allocate(MAX_HEADER_BYTES).order(ByteOrder.LITTLE_ENDIAN).limit(0);

  /** How many bytes are passed on after the header. */
  private long left;

  private boolean inFrame;
  private boolean hasChecksum;

  /**
   * Makes a stream.
   *
   * @param name what is read, for messages
   */
  ZstdFrames(InputStream in, Object name) {
    this.in = in;
    this.name = name;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    while (!header.hasRemaining() && left == 0) {
      if (!advance()) {
        return -1;
      }
    }
    if (header.hasRemaining()) {
      int count = Math.min(length, header.remaining());
      header.get(bytes, offset, count);
      return count;
    }
    int count = in.read(bytes, offset, (int) Math.min(length, left));
    if (count < 0) {
      throw cutShort();
    }
    left -= count;
    return count;
  }

  /** Looks at the next block or frame; returns false if there is none. */
  private boolean advance() throws IOException {
    header.clear().limit(0);
    if (inFrame) {
      beginBlock();
      return true;
    }
    int first = in.read();
    if (first < 0) {
      return false;
    }
    header.limit(1).put(0, (byte) first);
    take(MAGIC_BYTES - 1);
    int magic = header.getInt(0);
    if (magic == MAGIC) {
      beginFrame();
    } else if ((magic & SKIPPABLE_MASK) == SKIPPABLE_MAGIC) {
      skipFrame();
    } else {
      throw new IOException("something else follows it");
    }
    return true;
  }

  private void beginFrame() throws IOException {
    int at = header.limit();
    take(1);
    int descriptor = header.get(at) & 0xff;
    boolean single = (descriptor & SINGLE_SEGMENT) != 0;
    int windowBytes = single ? 0 : 1;
    int dictionaryBytes = (1 << (descriptor & 3)) >> 1;
    int sizeLog = descriptor >> 6;
    int sizeBytes = sizeLog == 0 && !single ? 0 : 1 << sizeLog;
    take(windowBytes + dictionaryBytes + sizeBytes);
    // A frame without a window is decompressed at once, so that its content is the window.
    if (single
        ? Long.compareUnsigned(number(header.limit() - sizeBytes, sizeBytes), MAX_WINDOW_BYTES) > 0
        : window(header.get(at + 1) & 0xff) > MAX_WINDOW_BYTES) {
      throw new GantryException(
          Kind.INVALID_IMAGE,
          name
              + ": compressed by zstd with a window of more than 8 MiB, which is not read; decompress"
              + " it with 'zstd -d --long=31' first");
    }
    hasChecksum = (descriptor & HAS_CHECKSUM) != 0;
    inFrame = true;
  }

  private static long window(int descriptor) {
    long base = 1L << (MIN_WINDOW_LOG + (descriptor >> 3));
    return base + base / 8 * (descriptor & 7);
  }

  private void beginBlock() throws IOException {
    take(3);
    int block = (int) number(0, 3);
    left = (block >> 1 & 3) == REPEATED_BYTE ? 1 : block >> 3;
    if ((block & 1) != 0) {
      left += hasChecksum ? CHECKSUM_BYTES : 0;
      inFrame = false;
    }
  }

  private void skipFrame() throws IOException {
    take(4);
    long count = number(MAGIC_BYTES, 4);
    header.limit(0);
    // Not by skipping: what is read of a layer goes into its digest.
    byte[] buffer = new byte[8 * 1024];
    while (count > 0) {
      int read = in.read(buffer, 0, (int) Math.min(count, buffer.length));
      if (read < 0) {
        throw cutShort();
      }
      count -= read;
    }
  }

  /** Adds bytes to the header. */
  private void take(int count) throws IOException {
    int end = header.limit();
    header.limit(end + count);
    if (in.readNBytes(header.array(), end, count) < count) {
      throw cutShort();
    }
  }

  private long number(int offset, int bytes) {
    long number = 0;
    for (int i = bytes - 1; i >= 0; i--) {
      number = number << Byte.SIZE | (header.get(offset + i) & 0xff);
    }
    return number;
  }

  private static EOFException cutShort() {
    return new EOFException("it ends before its end");
  }
}
