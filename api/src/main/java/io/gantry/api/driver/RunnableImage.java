package io.gantry.api.driver;

import static java.util.Objects.requireNonNull;

import io.gantry.api.oci.Descriptor;
import io.gantry.api.oci.ImageName;
import java.util.List;

/**
 * An image of one platform that is whole and that a container runtime could run: what one element
 * of Docker's {@code manifest.json} says.
 *
 * @param manifest the image manifest
 * @param config its configuration
 * @param layers its layers, base first
 * @param names the full names under which it is exported, in the order of the index
 */
public record RunnableImage(
    Descriptor manifest, Descriptor config, List<Descriptor> layers, List<ImageName> names) {

  /** Copies the lists. */
  public RunnableImage {
    requireNonNull(manifest, "manifest");
    requireNonNull(config, "config");
    layers = List.copyOf(layers);
    names = List.copyOf(names);
  }
}
