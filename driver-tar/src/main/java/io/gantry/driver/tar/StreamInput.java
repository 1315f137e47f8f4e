package io.gantry.driver.tar;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/** An archive that can be read once: what will be needed is kept in a file. */
final class StreamInput implements TarInput {
  private static final int BUFFER_BYTES = 64 * 1024;

  private final InputStream in;
  private final FileChannel spool;
  private final byte[] buffer = new byte[BUFFER_BYTES];

  /**
   * Makes an input; neither side is closed with it.
   *
   * @param spool where to keep content, at its end
   */
  StreamInput(InputStream in, FileChannel spool) {
    this.in = in;
    this.spool = spool;
  }

  @Override
  public void read(ByteBuffer dst) throws IOException {
    for (int count; dst.hasRemaining(); dst.position(dst.position() + count)) {
      count = in.read(dst.array(), dst.arrayOffset() + dst.position(), dst.remaining());
      if (count < 0) {
        return;
      }
    }
  }

  @Override
  public boolean skip(long count) throws IOException {
    return pass(count, false);
  }

  @Override
  public long keep(long count) throws IOException {
    long start = spool.position();
    return pass(count, true) ? start : -1;
  }

  private boolean pass(long count, boolean kept) throws IOException {
    long left = count;
    while (left > 0) {
      int read = in.read(buffer, 0, (int) Math.min(buffer.length, left));
      if (read < 0) {
        return false;
      }
      if (kept) {
        write(ByteBuffer.wrap(buffer, 0, read));
      }
      left -= read;
    }
    return true;
  }

  private void write(ByteBuffer bytes) throws IOException {
    try {
      while (bytes.hasRemaining()) {
        spool.write(bytes);
      }
    } catch (IOException e) {
      throw SpoolFile.failure(e);
    }
  }
}
