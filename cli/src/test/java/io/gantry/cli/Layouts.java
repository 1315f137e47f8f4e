package io.gantry.cli;

import io.gantry.api.oci.Descriptor;
import io.gantry.api.oci.MediaTypes;
import io.gantry.testkit.ImageFactory;
import io.gantry.testkit.InMemoryStore;
import io.gantry.testkit.OciLayout;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** Image layouts to export from, and a look at what an export left. */
final class Layouts {
  private static final long SEED = 7;

  private Layouts() {}

  /** Writes a layout and returns its folder. */
  static Path write(Path folder, Consumer<ImageFactory> images) throws IOException {
    InMemoryStore store = new InMemoryStore();
    images.accept(ImageFactory.into(store, SEED));
    return OciLayout.write(OciLayout.files(store), folder);
  }

  /** Writes a layout with one image, {@code app:1.0}, of four blobs. */
  static Path app(Path folder) throws IOException {
    return write(folder, make -> make.offer(make.image(100, 3000), "app:1.0"));
  }

  /** Writes a layout with one image for two platforms, of which one is not there. */
  static Path partial(Path folder) throws IOException {
    return write(
        folder,
        make ->
            make.offer(
                make.index(
                    make.on("linux/amd64", make.image(100)),
                    make.on(
                        "linux/arm64",
                        Descriptor.of(MediaTypes.OCI_MANIFEST, make.unusedDigest(), 500))),
                "many:1"));
  }

  /** Returns every file below a folder, by its path from there. */
  static List<String> files(Path folder) throws IOException {
    if (!Files.exists(folder)) {
      return List.of();
    }
    try (Stream<Path> paths = Files.walk(folder)) {
      return paths
          .filter(path -> !path.equals(folder))
          .map(path -> folder.relativize(path).toString())
          .sorted()
          .toList();
    }
  }
}
