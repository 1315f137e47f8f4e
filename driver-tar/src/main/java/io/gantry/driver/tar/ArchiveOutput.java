package io.gantry.driver.tar;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.WritableByteChannel;

/** Where the bytes of an archive go. */
interface ArchiveOutput extends Closeable {
  /** Returns how many threads may write at a time, each from a position of its own. */
  int maxOpenWriters();

  /**
   * Begins the archive.
   *
   * @param overwrite whether an existing one may be replaced
   */
  void begin(boolean overwrite) throws IOException;

  /**
   * Returns where to write what begins at a position; a stream is written from the beginning to the
   * end. It belongs to this output.
   *
   * @param position in bytes from the beginning of the archive
   */
  WritableByteChannel from(long position);

  /**
   * Makes the archive visible, all of it having been written.
   *
   * @param sync whether it must survive a power cut
   */
  void publish(boolean sync) throws IOException;

  /** Ends the output; what was not published is taken back, as far as that can be done. */
  @Override
  void close() throws IOException;

  /** Returns the name of this output for messages. */
  @Override
  String toString();
}
