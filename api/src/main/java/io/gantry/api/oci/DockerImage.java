package io.gantry.api.oci;

import static java.util.Objects.requireNonNull;

import io.gantry.api.GantryException;
import java.util.ArrayList;
import java.util.List;

/**
 * An image as the {@code manifest.json} of Docker's archives has it: by the files in the archive,
 * without a size or digest of any.
 *
 * @param config the path of the configuration
 * @param repoTags the names, none for an image that has none
 * @param layers the paths of the layers, the lowest one first
 */
public record DockerImage(String config, List<String> repoTags, List<String> layers) {
  /** The name of the file that lists the images of an archive. */
  public static final String FILE_NAME = "manifest.json";

  /** Copies the lists. */
  public DockerImage {
    requireNonNull(config, "config");
    repoTags = List.copyOf(repoTags);
    layers = List.copyOf(layers);
  }

  /**
   * Parses a {@code manifest.json}.
   *
   * @param origin where the bytes are from, for messages
   * @param bytes the content of the file
   * @throws GantryException of kind {@code INVALID_IMAGE} if it is not a list of images
   */
  public static List<DockerImage> parseAll(String origin, byte[] bytes) throws GantryException {
    List<DockerImage> images = new ArrayList<>();
    for (OciJson element : OciJson.parseArray(origin, bytes)) {
      images.add(element.toDockerImage());
    }
    return images;
  }
}
