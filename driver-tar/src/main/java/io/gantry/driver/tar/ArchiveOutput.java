package io.gantry.driver.tar;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.WritableByteChannel;

/** Where the bytes of an archive go. Used by one thread. */
interface ArchiveOutput extends Closeable {
  /**
   * Begins the archive.
   *
   * @param overwrite whether an existing one may be replaced
   * @return where to write it; closed with this output
   */
  WritableByteChannel begin(boolean overwrite) throws IOException;

  /** Makes the archive visible, all of it having been written. */
  void publish() throws IOException;

  /** Ends the output; what was not published is taken back, as far as that can be done. */
  @Override
  void close() throws IOException;

  /** Returns the name of this output for messages. */
  @Override
  String toString();
}
