package io.gantry.driver.tar;

import io.airlift.compress.zstd.ZstdInputStream;
import io.gantry.api.GantryException;
import io.gantry.api.GantryException.Kind;
import java.io.InputStream;

/** The only class that knows the library for zstd, which is loaded with the first use. */
final class ZstdStream {
  private ZstdStream() {}

  /**
   * Returns what was compressed.
   *
   * @param name what is read, for messages
   */
  static InputStream open(InputStream in, Object name) throws GantryException {
    try {
      return new ZstdInputStream(new ZstdFrames(in, name));
    } catch (NoClassDefFoundError e) {
      throw new GantryException(
          Kind.SOURCE_FAILED,
          "zstd needs the library io.airlift:aircompressor, which is not there; decompress with"
              + " 'zstd -d' first",
          e);
    }
  }
}
