package io.gantry.api.oci;

import io.gantry.api.GantryException;
import java.nio.charset.StandardCharsets;

/**
 * The file that marks an OCI image layout and gives its version.
 *
 * @see <a
 *     href="https://github.com/opencontainers/image-spec/blob/main/image-layout.md#oci-layout-file">image-spec,
 *     oci-layout file</a>
 */
public final class LayoutHeader {
  /** The name of the file, at the root of the layout. */
  public static final String FILE_NAME = "oci-layout";

  /** The largest file that is read, in bytes. */
  public static final int MAX_BYTES = 64 * 1024;

  private static final String JSON = "{\"imageLayoutVersion\":\"1.0.0\"}";

  private LayoutHeader() {}

  /** Returns the content of the file. */
  public static byte[] toJson() {
    return JSON.getBytes(StandardCharsets.UTF_8);
  }

  /**
   * Checks that a layout is of the version that Gantry reads and writes.
   *
   * @param origin where the bytes are from, for messages
   * @param bytes the content of the file
   * @throws GantryException of kind {@code INVALID_IMAGE} if it is of another version or none
   */
  public static void check(String origin, byte[] bytes) throws GantryException {
    OciJson.parse(origin, bytes).checkLayoutVersion("1.0.0");
  }
}
