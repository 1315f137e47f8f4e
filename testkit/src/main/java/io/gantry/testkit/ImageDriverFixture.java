package io.gantry.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.gantry.api.content.ContentStore;
import io.gantry.api.driver.ImageDriver;
import io.gantry.api.driver.ImageDriverProvider;
import io.gantry.api.export.Exporter;
import io.gantry.api.oci.Descriptor;
import io.gantry.api.oci.Digest;
import io.gantry.api.oci.DigestAlgorithm;
import io.gantry.api.oci.Index;
import io.gantry.api.provider.Location;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;

/**
 * What the author of a driver tells {@link ImageDriverContract}, and what its rules share: fresh
 * targets, exports and the comparison of what is read back.
 */
abstract class ImageDriverFixture extends ProviderContract<ImageDriverProvider> {
  private final List<Location> used = new ArrayList<>();
  private int folders;

  ImageDriverFixture() {
    super(ImageDriverProvider.class);
  }

  /** Returns the provider under test; called any number of times. */
  protected abstract ImageDriverProvider provider();

  /**
   * Returns a target where nothing is yet.
   *
   * @param folder an empty folder, which is the target's alone and removed after the test
   */
  protected abstract Location newTarget(Path folder) throws IOException;

  /** Reads a target as somebody would who knows nothing of the driver. */
  protected abstract ReadBack readBack(Location target) throws IOException;

  /**
   * Returns a target that cannot be written, for I4. None by default.
   *
   * @param folder an empty folder, which is removed after the test
   */
  protected Optional<Location> unwritableTarget(Path folder) throws IOException {
    return Optional.empty();
  }

  /** Returns all bytes at a target if the carrier is a byte stream, for X6. None by default. */
  protected Optional<byte[]> rawBytes(Location target) throws IOException {
    return Optional.empty();
  }

  /** Returns the names of what is at or beside a target and not published, for F5. */
  protected List<String> litter(Location target) throws IOException {
    return List.of();
  }

  /**
   * Alters a published blob on the carrier behind the driver's back, for B11.
   *
   * @return whether that was possible; false by default
   */
  protected boolean damage(Location target, Digest blob) throws IOException {
    return false;
  }

  /** Returns a way to break the carrier under a target, for F2. None by default. */
  protected Optional<CarrierFault> carrierFault(Location target) throws IOException {
    return Optional.empty();
  }

  /** Returns sizes of blobs at which the carrier changes its ways, for B3. None by default. */
  protected List<Integer> blobSizes() {
    return List.of();
  }

  @Override
  final ImageDriverProvider providerUnderTest() {
    return provider();
  }

  @Override
  final ServiceLoader<ImageDriverProvider> servicesSeenBy(ClassLoader loader) {
    return ServiceLoader.load(ImageDriverProvider.class, loader);
  }

  @Override
  final void exercise(ImageDriverProvider provider) throws IOException {
    Cargo cargo = Cargo.named("app:1", 700, 1200);
    try (ImageDriver driver = provider.open(target(), defaults(provider))) {
      new Exporter(cargo.store(), driver).export(cargo.plan(), false);
    }
  }

  final Path folder() throws IOException {
    return Files.createDirectory(scratch.resolve("target-" + folders++));
  }

  final Location target() throws IOException {
    Location target = newTarget(folder());
    used.add(target);
    return target;
  }

  final ImageDriver open(Location target) throws IOException {
    ImageDriverProvider provider = provider();
    return provider.open(target, defaults(provider));
  }

  final void publish(Cargo cargo, Location target, boolean overwrite) throws IOException {
    publish(cargo, cargo.store(), target, overwrite);
  }

  final void publish(Cargo cargo, ContentStore source, Location target, boolean overwrite)
      throws IOException {
    publish(cargo, source, target, overwrite, 1);
  }

  /**
   * Exports on several threads, if the driver allows it: for the rules that are about threads or
   * failures. The others would come out differently from run to run if threads were the problem.
   */
  final void publish(
      Cargo cargo, ContentStore source, Location target, boolean overwrite, int threads)
      throws IOException {
    try (ImageDriver driver = open(target)) {
      new Exporter(source, driver).parallel(threads).export(cargo.plan(), overwrite);
    }
  }

  final void assertNothingPublished(Location target) throws IOException {
    assertThat(readBack(target).index()).as("what %s publishes", target).isEmpty();
  }

  final void assertPublished(Location target, Cargo cargo) throws IOException {
    assertThat(readBack(target).index().map(Index::manifests))
        .as("what %s publishes", target)
        .contains(cargo.plan().index().manifests());
  }

  final void assertBytes(Location target, Cargo cargo) throws IOException {
    ReadBack found = readBack(target);
    for (Descriptor blob : cargo.blobs()) {
      byte[] expected = cargo.content(blob);
      assertThat(found.blob(blob.digest()))
          .as("blob %s of %d bytes in %s", blob.digest(), blob.size(), target)
          .hasValueSatisfying(bytes -> assertThat(Arrays.equals(bytes, expected)).isTrue());
    }
  }

  /** Drivers say what went wrong with the target; the least they can name is its last part. */
  static String nameOf(Location target) {
    return target.path().substring(target.path().lastIndexOf('/') + 1);
  }

  final Map<String, String> files() throws IOException {
    Map<String, String> files = new TreeMap<>();
    List<Path> found;
    try (Stream<Path> tree = Files.walk(scratch)) {
      found = tree.toList();
    }
    for (Path file : found) {
      files.put(
          file.toString(),
          Files.isRegularFile(file)
              ? Digest.of(DigestAlgorithm.SHA256, Files.readAllBytes(file)).toString()
              : "folder");
    }
    return files;
  }

  @AfterEach
  final void f5NothingIsLeftBehind() throws IOException {
    for (Location target : used) {
      assertThat(litter(target)).as("F5: left behind at %s", target).isEmpty();
    }
  }
}
