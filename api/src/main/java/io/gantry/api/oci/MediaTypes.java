package io.gantry.api.oci;

/**
 * The media types that decide how an image is walked.
 *
 * @see <a href="https://github.com/opencontainers/image-spec/blob/main/media-types.md">image-spec,
 *     media types</a>
 */
public final class MediaTypes {
  /** An OCI image index. */
  public static final String OCI_INDEX = "application/vnd.oci.image.index.v1+json";

  /** An OCI image manifest. */
  public static final String OCI_MANIFEST = "application/vnd.oci.image.manifest.v1+json";

  /** An OCI image configuration. */
  public static final String OCI_CONFIG = "application/vnd.oci.image.config.v1+json";

  /** The empty JSON object that stands for "no content" in artifacts. */
  public static final String OCI_EMPTY = "application/vnd.oci.empty.v1+json";

  /** An OCI layer, tar compressed with gzip. */
  public static final String OCI_LAYER_GZIP = "application/vnd.oci.image.layer.v1.tar+gzip";

  /** A Docker schema 2 manifest list, the forerunner of the OCI index. */
  public static final String DOCKER_MANIFEST_LIST =
      "application/vnd.docker.distribution.manifest.list.v2+json";

  /** A Docker schema 2 manifest. */
  public static final String DOCKER_MANIFEST =
      "application/vnd.docker.distribution.manifest.v2+json";

  /** A Docker image configuration. */
  public static final String DOCKER_CONFIG = "application/vnd.docker.container.image.v1+json";

  /** A Docker layer, an uncompressed tar. */
  public static final String DOCKER_LAYER = "application/vnd.docker.image.rootfs.diff.tar";

  private static final String DOCKER_SCHEMA_1 = "application/vnd.docker.distribution.manifest.v1+";

  private MediaTypes() {}

  /** Returns whether the children of this type are listed under {@code manifests}. */
  public static boolean isIndex(String mediaType) {
    return mediaType.equals(OCI_INDEX) || mediaType.equals(DOCKER_MANIFEST_LIST);
  }

  /** Returns whether the children of this type are {@code config} and {@code layers}. */
  public static boolean isManifest(String mediaType) {
    return mediaType.equals(OCI_MANIFEST) || mediaType.equals(DOCKER_MANIFEST);
  }

  /** Returns whether this is the configuration of an image that a container runtime can run. */
  public static boolean isImageConfig(String mediaType) {
    return mediaType.equals(OCI_CONFIG) || mediaType.equals(DOCKER_CONFIG);
  }

  /**
   * Returns whether a layer of this type may be absent, because its licence forbids to pass it on.
   * Only the type decides, never the presence of {@code urls}.
   */
  public static boolean isNonDistributable(String mediaType) {
    return mediaType.startsWith("application/vnd.oci.image.layer.nondistributable.")
        || mediaType.startsWith("application/vnd.docker.image.rootfs.foreign.");
  }

  /** Returns whether this is a Docker schema 1 manifest, which has no digests to verify by. */
  static boolean isDockerSchema1(String mediaType) {
    return mediaType.startsWith(DOCKER_SCHEMA_1);
  }
}
