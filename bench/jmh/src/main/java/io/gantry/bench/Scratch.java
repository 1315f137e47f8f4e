package io.gantry.bench;

import io.gantry.api.oci.Descriptor;
import io.gantry.api.oci.DigestAlgorithm;
import io.gantry.api.oci.MediaTypes;
import io.gantry.testkit.ImageFactory;
import io.gantry.testkit.InMemoryStore;
import io.gantry.testkit.OciLayout;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;

/** A layout in a temporary folder, and the place beside it where it is taken. */
final class Scratch implements Closeable {
  // So that manifests stay small, as those of real images are.
  private static final int LAYERS_OF_AN_IMAGE = 256;

  private final Path folder;

  private Scratch(Path folder) {
    this.folder = folder;
  }

  /** Makes a layout of so many layers of one length, where java.io.tmpdir says. */
  static Scratch of(int layers, int length) throws IOException {
    Scratch scratch = new Scratch(Files.createTempDirectory("gantry-bench"));
    write(scratch.source(), layers, length);
    return scratch;
  }

  Path source() {
    return folder.resolve("source");
  }

  Path target() {
    return folder.resolve("target");
  }

  void clearTarget() throws IOException {
    remove(target());
  }

  /** Removes all of it. */
  @Override
  public void close() throws IOException {
    remove(folder);
  }

  /** Returns bytes that cannot be compressed. */
  static byte[] content(int length, long seed) {
    byte[] content = new byte[length];
    new SplittableRandom(seed).nextBytes(content);
    return content;
  }

  private static void write(Path folder, int layers, int length) throws IOException {
    Path blobs = Files.createDirectories(folder.resolve("blobs/sha256"));
    InMemoryStore documents = new InMemoryStore();
    ImageFactory make = ImageFactory.into(documents, 5);
    List<Descriptor> images = new ArrayList<>();
    List<Descriptor> some = new ArrayList<>();
    for (int layer = 1; layer <= layers; layer++) {
      byte[] content = content(length, layer);
      Descriptor blob = Descriptor.of(MediaTypes.OCI_LAYER_GZIP, DigestAlgorithm.SHA256, content);
      Files.write(blobs.resolve(blob.digest().encoded()), content);
      some.add(blob);
      if (some.size() == LAYERS_OF_AN_IMAGE || layer == layers) {
        images.add(make.image(some));
        some.clear();
      }
    }
    make.offer(make.index(images), "latest");
    OciLayout.write(OciLayout.files(documents), folder);
  }

  private static void remove(Path path) throws IOException {
    if (Files.exists(path)) {
      try (Stream<Path> below = Files.walk(path)) {
        for (Path each : below.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(each);
        }
      }
    }
  }
}
