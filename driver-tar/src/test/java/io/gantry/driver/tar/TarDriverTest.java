package io.gantry.driver.tar;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gantry.api.GantryException;
import io.gantry.api.GantryException.Kind;
import io.gantry.api.content.ContentStore;
import io.gantry.api.driver.ImageDriver;
import io.gantry.api.export.ExportPlan;
import io.gantry.api.export.ExportRequest;
import io.gantry.api.export.Exporter;
import io.gantry.api.oci.Descriptor;
import io.gantry.api.oci.DigestAlgorithm;
import io.gantry.api.provider.Location;
import io.gantry.api.provider.Options;
import io.gantry.testkit.BlobFault;
import io.gantry.testkit.FaultyStore;
import io.gantry.testkit.ImageFactory;
import io.gantry.testkit.InMemoryStore;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TarDriverTest {
  private static final long SEED = 7;

  @TempDir private Path folder;
  private final InMemoryStore store = new InMemoryStore();
  private final ImageFactory make = ImageFactory.into(store, SEED);
  private final TarDriverProvider provider = new TarDriverProvider();

  @Test
  void writesTheMembersOfContainerdInByteOrder() throws IOException {
    make.offer(make.image(10, 0, 70_000), "docker.io/library/app:1.0");
    make.offer(make.digestedBy(DigestAlgorithm.SHA512).image(600), "big-digests");

    Path archive = export(false);

    List<String> names = ArchiveReader.of(archive).names();
    assertThat(names).isSorted().doesNotHaveDuplicates();
    assertThat(names)
        .startsWith("blobs/", "blobs/sha256/")
        .contains("blobs/sha512/")
        .endsWith("index.json", "manifest.json", "oci-layout");
    assertThat(names).hasSize(2 + 5 + 1 + 3 + 3);
  }

  @Test
  void givesMembersTheModesOfContainerdAndNoOwnerOrTime() throws IOException {
    make.offer(make.image(10), "app:1.0");

    for (TarArchiveEntry member : ArchiveReader.of(export(false)).members()) {
      int mode = member.isDirectory() ? 0755 : member.getName().endsWith(".json") ? 0644 : 0444;
      assertThat(member.getMode()).as(member.getName()).isEqualTo(mode);
      assertThat(member.getLongUserId() + member.getLongGroupId()).isZero();
      assertThat(member.getUserName() + member.getGroupName()).isEmpty();
      assertThat(member.getLastModifiedTime().toMillis()).isZero();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 511, 512, 513, 65_535, 65_536, 65_537, 300_000})
  void endsWithTwoZeroBlocksAndNothingMore(int layerSize) throws IOException {
    make.offer(make.image(layerSize), "app:1.0");

    byte[] bytes = Files.readAllBytes(export(false));

    assertThat(bytes.length % TarHeader.BLOCK).isZero();
    assertThat(Arrays.copyOfRange(bytes, bytes.length - 1024, bytes.length)).containsOnly(0);
    byte[] before = Arrays.copyOfRange(bytes, bytes.length - 1536, bytes.length - 1024);
    assertThat(new String(before, StandardCharsets.US_ASCII)).contains("imageLayoutVersion");
  }

  @Test
  void writesTheDockerManifestOfContainerd() throws IOException {
    Descriptor layer = make.layer(5);
    Descriptor image = make.image(List.of(layer));
    make.offer(image, "docker.io/library/app:1.0");
    make.offer(image, "registry.example/team/app:2.0");

    String text = new String(file("manifest.json"), StandardCharsets.UTF_8);
    assertThat(text)
        .startsWith("[{\"Config\":\"blobs/sha256/")
        .endsWith(
            "\",\"RepoTags\":[\"app:1.0\",\"registry.example/team/app:2.0\"],"
                + "\"Layers\":[\"blobs/sha256/"
                + layer.digest().encoded()
                + "\"]}]");
    String config = text.substring(text.indexOf("blobs/"), text.indexOf("\",\"RepoTags"));
    assertThat(ArchiveReader.of(archive()).names()).contains(config);
  }

  @Test
  void writesNullTagsForAnImageWithoutAFullName() throws IOException {
    make.offer(make.image(5), "only-a-tag");

    assertThat(new String(file("manifest.json"), StandardCharsets.UTF_8))
        .contains("\"RepoTags\":null");
  }

  @Test
  void leavesTheDockerManifestOutOfWhatDockerCannotLoad() throws IOException {
    Descriptor image = make.image(5);
    make.offer(make.artifact("application/vnd.example.sbom", image, 9), "sbom");

    assertThat(ArchiveReader.of(export(false)).names()).doesNotContain("manifest.json");
  }

  @Test
  void leavesTheDockerManifestOutWhenToldTo() throws IOException {
    make.offer(make.image(5), "app:1.0");

    Path archive = export(store, Map.of("docker-manifest", "false"), false);

    assertThat(ArchiveReader.of(archive).names())
        .doesNotContain("manifest.json")
        .endsWith("index.json", "oci-layout");
  }

  @Test
  void writesTheSameBytesFromSourcesThatReadInAnotherWay() throws IOException {
    make.offer(make.index(make.image(100_000, 3), make.image(8)), "app:1.0");
    byte[] first = Files.readAllBytes(export(false));

    export(new FaultyStore(store, BlobFault.readsAtMost(7)), Map.of(), true);

    assertThat(Files.readAllBytes(archive())).isEqualTo(first);
  }

  @Test
  void refusesToReplaceAnArchiveUnlessTold() throws IOException {
    make.offer(make.image(5), "app:1.0");
    Files.writeString(archive(), "precious");

    assertThatThrownBy(() -> export(false))
        .isInstanceOfSatisfying(
            GantryException.class, e -> assertThat(e.kind()).isEqualTo(Kind.TARGET_EXISTS))
        .hasMessageContaining(archive().toString())
        .hasMessageContaining("--overwrite");
    assertThat(archive()).hasContent("precious");

    export(true);
    assertThat(ArchiveReader.of(archive()).names()).contains("index.json");
    assertOnlyTheArchiveIsThere();
  }

  @Test
  void replacesWhatALinkPointsToAndKeepsTheLink() throws IOException {
    make.offer(make.image(5), "app:1.0");
    Path real = Files.writeString(folder.resolve("real.tar"), "old");
    Files.createSymbolicLink(archive(), real.getFileName());

    export(true);

    assertThat(archive()).isSymbolicLink();
    assertThat(ArchiveReader.of(real).names()).contains("index.json");
  }

  @Test
  void neverReplacesWhatIsNotAFile() throws IOException {
    make.offer(make.image(5), "app:1.0");
    Files.createDirectory(archive());

    assertThatThrownBy(() -> export(true)).hasMessageContaining("not a regular file");
    assertThat(archive()).isDirectory();
  }

  @Test
  void namesTheFolderThatIsMissing() throws IOException {
    make.offer(make.image(5), "app:1.0");
    Location target = Location.parse("tar:" + folder.resolve("no/such/app.tar"));

    assertThatThrownBy(() -> export(store, target, Map.of(), false))
        .isInstanceOf(GantryException.class)
        .hasMessageContaining("no/such");
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void keepsTheOldArchiveWhenABlobTurnsOutWrong() throws IOException {
    make.offer(make.image(200_000, 300_000), "app:1.0");
    Files.writeString(archive(), "precious");

    ContentStore broken = new FaultyStore(store, BlobFault.failsAtRead(2));

    assertThatThrownBy(() -> export(broken, Map.of(), true)).isInstanceOf(GantryException.class);
    assertThat(archive()).hasContent("precious");
    assertOnlyTheArchiveIsThere();
  }

  @Test
  void removesThePartOfAKilledRunAndNothingElse() throws IOException {
    make.offer(make.image(5), "app:1.0");
    Path litter = Files.writeString(folder.resolve(".app.tar.0123456789abcdef.gantry-part"), "x");
    Path other = Files.writeString(folder.resolve(".other.tar.0123456789abcdef.gantry-part"), "x");

    export(false);

    assertThat(litter).doesNotExist();
    assertThat(other).exists();
  }

  @Test
  void writesTheSameArchiveWithAnyNumberOfThreads() throws IOException {
    make.offer(make.image(0, 1, 100, 70_000, 300_000, 600_000, 3_000_000), "app:1.0");
    make.offer(make.digestedBy(DigestAlgorithm.SHA512).image(512, 65_000, 3_000_000), "app:2.0");
    ExportPlan plan = ExportPlan.of(store, ExportRequest.everything());
    Options options = Options.parse("tar", provider.options(), Map.of());
    for (int threads : new int[] {1, 2, 16}) {
      Location target = Location.parse("tar:" + folder.resolve(threads + ".tar"));
      try (ImageDriver driver = provider.open(target, options)) {
        new Exporter(store, driver).parallel(threads).export(plan, false);
      }
    }
    assertThat(folder.resolve("2.tar")).hasSameBinaryContentAs(folder.resolve("1.tar"));
    assertThat(folder.resolve("16.tar")).hasSameBinaryContentAs(folder.resolve("1.tar"));
  }

  private Path archive() {
    return folder.resolve("app.tar");
  }

  private byte[] file(String name) throws IOException {
    return requireNonNull(ArchiveReader.of(export(false)).files().get(name), name);
  }

  private Path export(boolean overwrite) throws IOException {
    return export(store, Map.of(), overwrite);
  }

  private Path export(ContentStore source, Map<String, String> options, boolean overwrite)
      throws IOException {
    return export(source, Location.parse("tar:" + archive()), options, overwrite);
  }

  private Path export(
      ContentStore source, Location target, Map<String, String> options, boolean overwrite)
      throws IOException {
    Options parsed = Options.parse("tar", provider.options(), options);
    try (ImageDriver driver = provider.open(target, parsed)) {
      ExportPlan plan = ExportPlan.of(source, ExportRequest.everything());
      new Exporter(source, driver).export(plan, overwrite);
    }
    return archive();
  }

  private void assertOnlyTheArchiveIsThere() throws IOException {
    try (Stream<Path> entries = Files.list(folder)) {
      assertThat(entries).containsExactly(archive());
    }
  }
}
