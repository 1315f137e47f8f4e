package io.gantry.api.oci;

/** The annotations of an {@code index.json} entry that carry the name of an image. */
public final class Annotations {
  /** The tag of the image, or its full name when it has no tag. */
  public static final String REF_NAME = "org.opencontainers.image.ref.name";

  /** The full, normalised name of the image, as containerd, buildkit and Docker write it. */
  public static final String IMAGE_NAME = "io.containerd.image.name";

  private Annotations() {}
}
