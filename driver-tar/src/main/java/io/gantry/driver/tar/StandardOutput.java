package io.gantry.driver.tar;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.nio.channels.WritableByteChannel;

/**
 * An archive on standard output. What was written cannot be taken back: an archive that was not
 * published lacks its index and its end, so that no reader takes it for whole.
 */
final class StandardOutput implements ArchiveOutput {
  @SuppressWarnings("resource") // standard output belongs to the process
  private final WritableByteChannel channel = new FileOutputStream(FileDescriptor.out).getChannel();

  @Override
  public int maxOpenWriters() {
    return 1;
  }

  @Override
  public void begin(boolean overwrite) {
    // Nothing can be there already.
  }

  @Override
  public WritableByteChannel from(long position) {
    return channel;
  }

  @Override
  public void publish(boolean sync) {
    // The last byte has been written, and there is nothing to rename.
  }

  @Override
  public void close() {
    // Standard output belongs to the process.
  }

  @Override
  public String toString() {
    return "standard output";
  }
}
