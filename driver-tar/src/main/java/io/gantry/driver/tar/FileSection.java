package io.gantry.driver.tar;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;

/** Writes a part of a file, beside others who write other parts of it. Used by one thread. */
final class FileSection implements WritableByteChannel {
  private final FileChannel file;
  private long position;

  FileSection(FileChannel file, long position) {
    this.file = file;
    this.position = position;
  }

  @Override
  public int write(ByteBuffer bytes) throws IOException {
    try {
      int count = file.write(bytes, position);
      position += count;
      return count;
    } catch (ClosedByInterruptException e) {
      throw e;
    } catch (ClosedChannelException e) {
      // Whoever is interrupted closes the file for all, and nothing else does while one writes.
      IOException interrupted = new ClosedByInterruptException();
      interrupted.initCause(e);
      throw interrupted;
    }
  }

  @Override
  public boolean isOpen() {
    return file.isOpen();
  }

  @Override
  public void close() {
    // The file is not this part's to close.
  }
}
