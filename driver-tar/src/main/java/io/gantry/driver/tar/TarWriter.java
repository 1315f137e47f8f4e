package io.gantry.driver.tar;

import io.gantry.api.file.FileFailure;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;

/**
 * Writes members one after the other. Headers, padding and small content are gathered in a buffer,
 * so that an archive of many small blobs is not an archive of many small writes; large content goes
 * past it without a copy.
 */
final class TarWriter {
  private static final int BUFFER_BYTES = 64 * 1024;
  private static final int END_BLOCKS = 2;

  private final WritableByteChannel channel;
  private final Object name;
  private final ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_BYTES);

  /**
   * Makes a writer.
   *
   * @param channel where the archive goes
   * @param name what it is called in messages
   */
  TarWriter(WritableByteChannel channel, Object name) {
    this.channel = channel;
    this.name = name;
  }

  void folder(String member) throws IOException {
    content(ByteBuffer.wrap(TarHeader.folder(member)));
  }

  /** Writes a small file whole. */
  void file(String member, int mode, byte[] content) throws IOException {
    beginFile(member, mode, content.length);
    content(ByteBuffer.wrap(content));
    endFile(content.length);
  }

  /** Begins a file whose content comes in pieces; {@link #endFile} ends it. */
  void beginFile(String member, int mode, long size) throws IOException {
    content(ByteBuffer.wrap(TarHeader.file(member, mode, size)));
  }

  void content(ByteBuffer bytes) throws IOException {
    if (bytes.remaining() > buffer.remaining()) {
      flush();
    }
    if (bytes.remaining() > buffer.remaining()) {
      drain(bytes);
    } else {
      buffer.put(bytes);
    }
  }

  void endFile(long size) throws IOException {
    content(ByteBuffer.allocate(TarHeader.padding(size)));
  }

  /** Writes the end of the archive: without it, it is not whole. */
  void finish() throws IOException {
    content(ByteBuffer.allocate(END_BLOCKS * TarHeader.BLOCK));
    flush();
  }

  private void flush() throws IOException {
    buffer.flip();
    drain(buffer);
    buffer.clear();
  }

  private void drain(ByteBuffer bytes) throws IOException {
    try {
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
    } catch (IOException e) {
      throw FileFailure.at(name, e);
    }
  }
}
