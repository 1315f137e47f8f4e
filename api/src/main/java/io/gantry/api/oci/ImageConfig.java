package io.gantry.api.oci;

import io.gantry.api.GantryException;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** What the export needs to know of an image configuration; everything else in it is opaque. */
public final class ImageConfig {
  private ImageConfig() {}

  /**
   * Returns how many layers a configuration describes, empty when it describes none.
   *
   * @param digest the digest of the configuration, for messages
   * @param bytes the content, verified by the caller
   * @throws GantryException of kind {@code INVALID_IMAGE} if the content is not a JSON object
   * @see <a href="https://github.com/opencontainers/image-spec/blob/main/config.md">image-spec,
   *     rootfs.diff_ids</a>
   */
  public static OptionalInt layerCount(Digest digest, byte[] bytes) throws GantryException {
    return OciJson.parse("config " + digest, bytes).diffIdCount();
  }

  /**
   * Returns the platform that an image configuration is for, if it says one.
   *
   * @param digest the digest of the configuration, for messages
   * @param bytes the content, verified by the caller
   * @throws GantryException of kind {@code INVALID_IMAGE} if it is not a JSON object
   */
  public static Optional<Platform> platform(Digest digest, byte[] bytes) throws GantryException {
    return OciJson.parse("config " + digest, bytes).configPlatform();
  }

  /**
   * Returns the digests of the layers as they are when they are not compressed, the lowest one
   * first; none when the configuration describes none.
   *
   * @param digest the digest of the configuration, for messages
   * @param bytes the content, verified by the caller
   * @throws GantryException of kind {@code INVALID_IMAGE} if the content is not a JSON object, or
   *     one of the digests cannot be verified
   */
  public static List<Digest> diffIds(Digest digest, byte[] bytes) throws GantryException {
    return OciJson.parse("config " + digest, bytes).diffIds();
  }
}
