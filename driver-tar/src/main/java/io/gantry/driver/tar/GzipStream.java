package io.gantry.driver.tar;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import java.util.zip.ZipException;

/**
 * What was compressed with gzip, in one piece or several. {@link java.util.zip.GZIPInputStream}
 * takes anything that it cannot read behind a piece for the end, and a pipe that is late as well;
 * here only zeros may follow, with which tapes are padded.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc1952">RFC 1952</a>
 */
final class GzipStream extends InputStream {
  private static final int BUFFER_BYTES = 64 * 1024;
  private static final int FIXED_HEADER_BYTES = 10;
  private static final int HAS_CHECKSUM = 2;
  private static final int HAS_EXTRA = 4;
  private static final int HAS_NAME = 8;
  private static final int HAS_COMMENT = 16;
  private static final int RESERVED = 0xe0;

  private final InputStream in;
  private final byte[] buffer = new byte[BUFFER_BYTES];
  private final Inflater inflater = new Inflater(true);
  private final CRC32 checksum = new CRC32();
  private int position;
  private int limit;
  private boolean ended;

  GzipStream(InputStream in) throws IOException {
    this.in = in;
    if (next() != 0x1f) {
      throw new ZipException("no gzip");
    }
    begin();
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
    while (!ended) {
      int count = inflate(bytes, offset, length);
      if (count > 0) {
        checksum.update(bytes, offset, count);
        return count;
      }
      if (inflater.finished()) {
        position = limit - inflater.getRemaining();
        finish();
      } else if (inflater.needsInput()) {
        if (!fill()) {
          throw cutShort();
        }
        inflater.setInput(buffer, 0, limit);
      } else {
        throw new ZipException("it needs a dictionary");
      }
    }
    return -1;
  }

  private int inflate(byte[] bytes, int offset, int length) throws ZipException {
    try {
      return inflater.inflate(bytes, offset, length);
    } catch (DataFormatException e) {
      ZipException damaged = new ZipException(e.getMessage());
      damaged.initCause(e);
      throw damaged;
    }
  }

  /** Reads the rest of a header, after its first byte. */
  private void begin() throws IOException {
    if (next() != 0x8b || next() != 8) {
      throw new ZipException("no header of gzip");
    }
    int flags = next();
    if ((flags & RESERVED) != 0) {
      throw new ZipException("a header of gzip that is not known");
    }
    for (int i = 4; i < FIXED_HEADER_BYTES; i++) {
      next();
    }
    if ((flags & HAS_EXTRA) != 0) {
      for (int left = next() | next() << 8; left > 0; left--) {
        next();
      }
    }
    passText(flags & HAS_NAME);
    passText(flags & HAS_COMMENT);
    if ((flags & HAS_CHECKSUM) != 0) {
      next();
      next();
    }
    inflater.reset();
    checksum.reset();
    inflater.setInput(buffer, position, limit - position);
  }

  private void passText(int flag) throws IOException {
    while (flag != 0 && next() != 0) {
      // On to the end of the text.
    }
  }

  /** Reads the trailer of one piece, and begins the next if there is one. */
  private void finish() throws IOException {
    if (number() != checksum.getValue()) {
      throw new ZipException("its checksum is another");
    }
    if (number() != (inflater.getBytesWritten() & 0xffffffffL)) {
      throw new ZipException("its length is another");
    }
    while (position < limit || fill()) {
      int first = next();
      if (first == 0x1f) {
        begin();
        return;
      }
      if (first != 0) {
        throw new ZipException("something else follows it");
      }
    }
    ended = true;
    inflater.end();
  }

  private long number() throws IOException {
    long value = 0;
    for (int shift = 0; shift < Integer.SIZE; shift += Byte.SIZE) {
      value |= (long) next() << shift;
    }
    return value;
  }

  private int next() throws IOException {
    if (position == limit && !fill()) {
      throw cutShort();
    }
    return buffer[position++] & 0xff;
  }

  private boolean fill() throws IOException {
    position = 0;
    limit = Math.max(in.read(buffer), 0);
    return limit > 0;
  }

  private static EOFException cutShort() {
    return new EOFException("it ends before its end");
  }
}
