package io.gantry.driver.tar;

import java.io.IOException;
import java.nio.ByteBuffer;

/** The bytes of an archive, passed from the first to the last. Used by one thread. */
interface TarInput {
  /** Reads bytes until {@code dst} is full or the archive ends. */
  void read(ByteBuffer dst) throws IOException;

  /**
   * Passes over bytes.
   *
   * @return whether there were so many
   */
  boolean skip(long count) throws IOException;

  /**
   * Passes over bytes that will be read later, by position.
   *
   * @return the position of the first one in the {@link ArchiveContent} of this input, or -1 if the
   *     archive ends before the last
   */
  long keep(long count) throws IOException;
}
