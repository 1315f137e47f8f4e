package io.gantry.testkit;

import io.gantry.api.oci.Digest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The content of an {@link InMemoryStore} as an OCI image layout, written without the help of any
 * driver, so that stores and commands can be tested on it.
 */
public final class OciLayout {
  /** The content of the file {@code oci-layout}. */
  public static final String MARKER = "{\"imageLayoutVersion\":\"1.0.0\"}";

  private OciLayout() {}

  /** Returns the files of the layout, with {@code /} in their names. */
  public static Map<String, byte[]> files(InMemoryStore content) {
    Map<String, byte[]> files = blobs(content);
    String entries = JsonText.array(content.roots().stream().map(ImageFactory::json).toList());
    files.put(
        "index.json",
        ("{\"schemaVersion\":2,\"manifests\":" + entries + "}").getBytes(StandardCharsets.UTF_8));
    files.put("oci-layout", MARKER.getBytes(StandardCharsets.UTF_8));
    return files;
  }

  /** Returns the blobs alone, which is all that a content root of containerd has. */
  public static Map<String, byte[]> blobs(InMemoryStore content) {
    Map<String, byte[]> files = new LinkedHashMap<>();
    for (Digest digest : content.digests()) {
      files.put(name(digest), content.content(digest).orElseThrow());
    }
    return files;
  }

  /** Returns where in a layout the blob of a digest is. */
  public static String name(Digest digest) {
    return "blobs/" + digest.algorithm().id() + "/" + digest.encoded();
  }

  /**
   * Writes files into a folder, which is made if it does not exist.
   *
   * @return the folder
   */
  public static Path write(Map<String, byte[]> files, Path folder) throws IOException {
    Files.createDirectories(folder);
    for (Map.Entry<String, byte[]> entry : files.entrySet()) {
      Path file = folder.resolve(entry.getKey());
      Files.createDirectories(file.resolveSibling("."));
      Files.write(file, entry.getValue());
    }
    return folder;
  }
}
