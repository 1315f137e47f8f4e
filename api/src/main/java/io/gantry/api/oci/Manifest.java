package io.gantry.api.oci;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * An image manifest: one configuration and the layers, base first. Artifacts have this form too.
 *
 * @param mediaType the OCI or Docker schema 2 manifest type
 * @param artifactType the type of the artifact, when this is one
 * @param config the configuration
 * @param layers the layers, base first
 * @param subject the manifest that this one is about
 * @see <a href="https://github.com/opencontainers/image-spec/blob/main/manifest.md">image-spec,
 *     image manifest</a>
 */
public record Manifest(
    String mediaType,
    Optional<String> artifactType,
    Descriptor config,
    List<Descriptor> layers,
    Optional<Descriptor> subject)
    implements ImageDocument {

  /** Copies the layers. */
  public Manifest {
    requireNonNull(mediaType, "mediaType");
    requireNonNull(artifactType, "artifactType");
    requireNonNull(config, "config");
    requireNonNull(subject, "subject");
    layers = List.copyOf(layers);
  }

  @Override
  public List<Descriptor> children() {
    List<Descriptor> children = new ArrayList<>(layers.size() + 1);
    children.add(config);
    children.addAll(layers);
    return children;
  }
}
