package io.gantry.driver.tar;

import io.gantry.api.driver.RunnableImage;
import io.gantry.api.oci.Descriptor;
import io.gantry.api.oci.Digest;
import io.gantry.api.oci.ImageName;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Docker's {@code manifest.json}, as containerd writes it: the way into the archive for {@code
 * docker load} and for tools that are older than the OCI layout.
 */
final class DockerManifest {
  private DockerManifest() {}

  /** Names and digests are of grammars without a character that JSON would escape. */
  static byte[] toJson(List<RunnableImage> images) {
    return images.stream()
        .map(DockerManifest::element)
        .collect(Collectors.joining(",", "[", "]"))
        .getBytes(StandardCharsets.US_ASCII);
  }

  private static String element(RunnableImage image) {
    return "{\"Config\":%s,\"RepoTags\":%s,\"Layers\":%s}"
        .formatted(
            quoted(path(image.config())),
            array(image.names().stream().map(ImageName::familiar).toList()),
            array(image.layers().stream().map(DockerManifest::path).toList()));
  }

  /** Go writes null for a list that nobody filled. */
  private static String array(List<String> texts) {
    return texts.isEmpty()
        ? "null"
        : texts.stream().map(DockerManifest::quoted).collect(Collectors.joining(",", "[", "]"));
  }

  private static String quoted(String text) {
    return '"' + text + '"';
  }

  private static String path(Descriptor blob) {
    Digest digest = blob.digest();
    return "blobs/%s/%s".formatted(digest.algorithm().id(), digest.encoded());
  }
}
