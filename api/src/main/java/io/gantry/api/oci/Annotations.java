package io.gantry.api.oci;

/** The annotations of an {@code index.json} entry and of an index that Gantry reads. */
public final class Annotations {
  /** The tag of the image, or its full name when it has no tag. */
  public static final String REF_NAME = "org.opencontainers.image.ref.name";

  /** The full, normalised name of the image, as containerd, buildkit and Docker write it. */
  public static final String IMAGE_NAME = "io.containerd.image.name";

  /** The digest of the manifest that an entry refers to, as containerd writes it. */
  public static final String SUBJECT = "io.containerd.manifest.subject";

  /** The digest of the manifest of the same index that an attestation of buildkit is about. */
  public static final String ATTESTED_DIGEST = "vnd.docker.reference.digest";

  private Annotations() {}
}
