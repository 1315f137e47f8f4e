package io.gantry.driver.tar;

import io.gantry.api.file.FileFailure;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;

/**
 * Writes members that follow each other. Headers, padding and small content are gathered in a
 * buffer, so that a small member is one write; large content goes past it without a copy. Used by
 * one thread.
 */
final class TarWriter {
  /** More than any header needs. */
  static final int BUFFER_BYTES = 64 * 1024;

  private static final int END_BLOCKS = 2;

  private final WritableByteChannel channel;
  private final Object name;
  private final ByteBuffer buffer;

  /**
   * Makes a writer.
   *
   * @param channel where the members go
   * @param name what the archive is called in messages
   * @param buffer of {@link #BUFFER_BYTES}
   */
  TarWriter(WritableByteChannel channel, Object name, ByteBuffer buffer) {
    this.channel = channel;
    this.name = name;
    this.buffer = buffer.clear();
  }

  /** Returns the buffer, for another writer when this one has no more to write. */
  ByteBuffer buffer() {
    return buffer;
  }

  /** Adds the headers of a member. */
  void header(byte[] blocks) throws IOException {
    content(ByteBuffer.wrap(blocks));
  }

  /** Writes a small file whole. */
  void file(String member, int mode, byte[] content) throws IOException {
    header(TarHeader.file(member, mode, content.length));
    content(ByteBuffer.wrap(content));
    endFile(content.length);
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

  /** Ends a file whose content came in pieces. */
  void endFile(long size) throws IOException {
    content(ByteBuffer.allocate(TarHeader.padding(size)));
  }

  /** Adds the end of the archive: without it, it is not whole. */
  void endArchive() throws IOException {
    content(ByteBuffer.allocate(END_BLOCKS * TarHeader.BLOCK));
  }

  /** Writes what has been gathered. */
  void flush() throws IOException {
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
