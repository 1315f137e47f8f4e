package io.gantry.driver.tar;

import static io.gantry.driver.tar.ArchiveFixture.openAt;
import static io.gantry.driver.tar.ArchiveFixture.read;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gantry.api.GantryException;
import io.gantry.api.GantryException.Kind;
import io.gantry.api.content.ContentStore;
import io.gantry.api.oci.Annotations;
import io.gantry.api.oci.Descriptor;
import io.gantry.api.oci.Digest;
import io.gantry.api.oci.DigestAlgorithm;
import io.gantry.api.oci.ImageDocument;
import io.gantry.api.oci.Manifest;
import io.gantry.api.oci.MediaTypes;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DockerArchiveTest {
  private static final byte[] LOWER = "the lower layer".getBytes(UTF_8);
  private static final byte[] UPPER = "the upper layer, which is longer".getBytes(UTF_8);
  private static final String DOCKER_LAYER = "application/vnd.docker.image.rootfs.diff.tar";

  @TempDir private Path folder;

  private final byte[] config = config(LOWER, UPPER);
  private final String configName = sha256(config).encoded() + ".json";

  private static Digest sha256(byte[] content) {
    return Digest.of(DigestAlgorithm.SHA256, content);
  }

  private static byte[] config(byte[]... layers) {
    String diffIds =
        List.of(layers).stream()
            .map(layer -> '"' + sha256(layer).toString() + '"')
            .collect(Collectors.joining(","));
    return ("{\"os\":\"linux\",\"architecture\":\"amd64\",\"history\":[{\"empty_layer\":true}],"
            + "\"rootfs\":{\"type\":\"layers\",\"diff_ids\":["
            + diffIds
            + "]}}")
        .getBytes(UTF_8);
  }

  private static byte[] list(String config, String tags, String... layers) {
    return "[{\"Config\":\"%s\",\"RepoTags\":%s,\"Layers\":[%s]}]"
        .formatted(
            config,
            tags,
            List.of(layers).stream().map(l -> '"' + l + '"').collect(Collectors.joining(",")))
        .getBytes(UTF_8);
  }

  private ContentStore open(ArchiveBuilder archive) throws IOException {
    return openAt(archive.write(folder.resolve("docker.tar")));
  }

  private void assertRefused(Kind kind, ArchiveBuilder archive, String... words) {
    assertThatThrownBy(() -> open(archive).close())
        .isInstanceOfSatisfying(GantryException.class, e -> assertThat(e.kind()).isEqualTo(kind))
        .hasMessageContainingAll(words);
  }

  private static Manifest manifest(ContentStore store) throws IOException {
    Descriptor root = store.roots().get(0);
    assertThat(store.resolve(root.digest())).isEqualTo(root.bare());
    return (Manifest) ImageDocument.parse(root, read(store, root.digest()));
  }

  /** The folder of each layer is named by anything but its digest, and one links to another. */
  private ArchiveBuilder saved(String tags) {
    return new ArchiveBuilder()
        .member('5', "11/", new byte[0])
        .file("11/VERSION", "1.0".getBytes(UTF_8))
        .file("11/layer.tar", LOWER)
        .file("./22/layer.tar", UPPER)
        .link('2', "33/layer.tar", "../11/layer.tar")
        .link('1', "44/layer.tar", "./22/layer.tar")
        .link('2', "55/layer.tar", "../33/layer.tar")
        .file(configName, config)
        .file("repositories", "{}".getBytes(UTF_8))
        .file("manifest.json", list(configName, tags, "55/layer.tar", "44/layer.tar"));
  }

  @Test
  void makesTheManifestOfAnImage() throws IOException {
    try (ContentStore store = open(saved("[\"app:1.0\",\"registry.example.com/team/app:2\"]"))) {
      assertThat(store.roots())
          .extracting(root -> root.annotations().get(Annotations.IMAGE_NAME))
          .containsExactly("docker.io/library/app:1.0", "registry.example.com/team/app:2");
      assertThat(store.roots())
          .extracting(root -> root.annotations().get(Annotations.REF_NAME))
          .containsExactly("1.0", "2");
      assertThat(store.roots()).extracting(Descriptor::digest).containsOnly(sha256(expected()));
      Manifest manifest = manifest(store);
      assertThat(manifest.mediaType()).isEqualTo(MediaTypes.DOCKER_MANIFEST);
      assertThat(read(store, store.roots().get(0).digest())).isEqualTo(expected());
      assertThat(read(store, manifest.config().digest())).isEqualTo(config);
      assertThat(read(store, manifest.layers().get(0).digest())).isEqualTo(LOWER);
      assertThat(read(store, manifest.layers().get(1).digest())).isEqualTo(UPPER);
      assertThat(store.blobs().orElseThrow()).hasSize(4);
    }
  }

  private byte[] expected() {
    String layer = "{\"mediaType\":\"" + DOCKER_LAYER + "\",\"size\":%d,\"digest\":\"%s\"}";
    return ("{\"schemaVersion\":2,"
            + "\"mediaType\":\"application/vnd.docker.distribution.manifest.v2+json\","
            + "\"config\":{\"mediaType\":\"application/vnd.docker.container.image.v1+json\","
            + "\"size\":%d,\"digest\":\"%s\"},\"layers\":[".formatted(config.length, sha256(config))
            + layer.formatted(LOWER.length, sha256(LOWER))
            + ","
            + layer.formatted(UPPER.length, sha256(UPPER))
            + "]}")
        .getBytes(UTF_8);
  }

  @ParameterizedTest
  @ValueSource(strings = {"null", "[]"})
  void readsAnImageWithoutAName(String tags) throws IOException {
    try (ContentStore store = open(saved(tags))) {
      assertThat(store.roots()).hasSize(1);
      assertThat(store.roots().get(0).annotations()).isEmpty();
    }
  }

  @Test
  void completesANameWithoutATag() throws IOException {
    try (ContentStore store = open(saved("[\"app\"]"))) {
      assertThat(store.roots().get(0).annotations())
          .containsEntry(Annotations.IMAGE_NAME, "docker.io/library/app:latest");
    }
  }

  @Test
  void refusesANameThatIsNone() {
    assertRefused(Kind.INVALID_IMAGE, saved("[\"App:1\"]"), "docker.tar", "'App:1'");
  }

  @Test
  void readsCompressedLayersAsTheyAre() throws IOException {
    byte[] gzip = gzip(LOWER);
    ByteArrayOutputStream zstd = new ByteArrayOutputStream();
    zstd.writeBytes(ZstdArchiveTest.skippable(0, LOWER));
    zstd.writeBytes(ZstdArchiveTest.zstd(UPPER));
    zstd.writeBytes(ZstdArchiveTest.skippable(0, LOWER));
    try (ContentStore store =
        open(
            new ArchiveBuilder()
                .file("sha256:" + sha256(config).encoded(), config)
                .file("lower.tar.gz", gzip)
                .file("upper.tar", zstd.toByteArray())
                .file(
                    "manifest.json",
                    list(
                        "sha256:" + sha256(config).encoded(),
                        "null",
                        "lower.tar.gz",
                        "upper.tar")))) {
      List<Descriptor> layers = manifest(store).layers();
      assertThat(layers)
          .containsExactly(
              Descriptor.of(DOCKER_LAYER + ".gzip", sha256(gzip), gzip.length),
              Descriptor.of(DOCKER_LAYER + ".zstd", sha256(zstd.toByteArray()), zstd.size()));
      assertThat(read(store, layers.get(0).digest())).isEqualTo(gzip);
    }
  }

  private static byte[] gzip(byte[] content) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (OutputStream out = new GZIPOutputStream(bytes)) {
      out.write(content);
    }
    return bytes.toByteArray();
  }

  @Test
  void refusesACompressedLayerThatIsNotTheOneOfTheConfig() throws IOException {
    assertRefused(
        Kind.CONTENT_MISMATCH,
        new ArchiveBuilder()
            .file(configName, config)
            .file("1", gzip(UPPER))
            .file("2", UPPER)
            .file("manifest.json", list(configName, "null", "1", "2")),
        "docker.tar: '1'",
        sha256(LOWER).toString());
  }

  @Test
  void refusesACompressedLayerThatIsDamaged() throws IOException {
    byte[] gzip = gzip(LOWER);
    gzip[gzip.length - 5] ^= 1;
    assertRefused(
        Kind.INVALID_IMAGE,
        new ArchiveBuilder()
            .file(configName, config)
            .file("1", gzip)
            .file("2", UPPER)
            .file("manifest.json", list(configName, "null", "1", "2")),
        "'1'",
        "damaged or cut short");
  }

  @Test
  void refusesAConfigThatIsNotTheOneOfItsName() {
    byte[] other = config(UPPER, LOWER);
    assertRefused(
        Kind.CONTENT_MISMATCH,
        new ArchiveBuilder()
            .file(configName, other)
            .file("manifest.json", list(configName, "null", "1", "2")),
        sha256(config).toString(),
        sha256(other).toString());
  }

  @Test
  void refusesOtherLayersThanTheConfigHas() {
    assertRefused(
        Kind.INVALID_IMAGE,
        new ArchiveBuilder()
            .file(configName, config)
            .file("manifest.json", list(configName, "null", "1")),
        "1 layers of an image whose config has 2");
  }

  @Test
  void refusesWhatCannotBeFound() {
    Map<String, ArchiveBuilder> archives = new LinkedHashMap<>();
    archives.put("nothing there", new ArchiveBuilder());
    archives.put("a loop", new ArchiveBuilder().link('2', "1", "2").link('2', "2", "1"));
    archives.put("a link out", new ArchiveBuilder().link('2', "1", "../../etc/passwd"));
    archives.put("an absolute link", new ArchiveBuilder().link('2', "1", "/etc/passwd"));
    archives.put("a folder", new ArchiveBuilder().member('5', "1/", new byte[0]));
    archives
        .values()
        .forEach(
            archive ->
                assertRefused(
                    Kind.NOT_FOUND,
                    archive
                        .file(configName, config)
                        .file("manifest.json", list(configName, "null", "1", "1")),
                    "no file '1'"));
  }

  /** Docker itself reads these, and nothing but their first bytes tells what they are. */
  @ParameterizedTest
  @CsvSource({"bzip2, 425a6839314159265359", "xz, fd377a585a000004e6d6b446"})
  void refusesLayersOfOtherCompressions(String compression, String start) {
    assertRefused(
        Kind.INVALID_IMAGE,
        new ArchiveBuilder()
            .file(configName, config)
            .file("1", LOWER)
            .file("2/layer.tar", HexFormat.of().parseHex(start))
            .file("manifest.json", list(configName, "null", "1", "2/layer.tar")),
        "docker.tar: ",
        "'2/layer.tar'",
        "compressed with " + compression,
        "skopeo copy");
  }

  @Test
  void readsALayerWhoseFirstNameIsAlmostThatOfACompression() throws IOException {
    byte[] layer = new ArchiveBuilder().file("BZh", LOWER).toBytes();
    byte[] one = config(layer);
    try (ContentStore store =
        open(
            new ArchiveBuilder()
                .file("config", one)
                .file("1", layer)
                .file("manifest.json", list("config", "null", "1")))) {
      assertThat(read(store, manifest(store).layers().get(0).digest())).isEqualTo(layer);
    }
  }

  @Test
  void saysThatAPathLeadsThroughALink() {
    ArchiveBuilder archive =
        new ArchiveBuilder()
            .file(configName, config)
            .file("a/1/layer.tar", LOWER)
            .link('2', "b", "a")
            .link('2', "c", "b/1/layer.tar");
    byte[] unlinked = archive.toBytes();
    for (String path : List.of("b/1/layer.tar", "./b//1/layer.tar", "c")) {
      assertRefused(
          Kind.INVALID_IMAGE,
          new ArchiveBuilder()
              .raw(unlinked)
              .file("manifest.json", list(configName, "null", path, path)),
          "docker.tar: ",
          "'b/1/layer.tar'",
          "through the link 'b'");
    }
  }

  @Test
  void saysThatTheListIsEmpty() {
    assertRefused(
        Kind.INVALID_IMAGE,
        new ArchiveBuilder().file("manifest.json", "[]".getBytes(UTF_8)),
        "docker.tar: ",
        "manifest.json lists no image");
  }

  @ParameterizedTest
  @ValueSource(strings = {"/etc/passwd", "../../etc/passwd"})
  void refusesPathsThatLeadOutside(String path) {
    assertRefused(
        Kind.INVALID_IMAGE,
        new ArchiveBuilder().file("manifest.json", list(path, "null")),
        "'" + path + "'");
  }

  @ParameterizedTest
  @ValueSource(strings = {"manifest.json", "./11/layer.tar", "55/layer.tar"})
  void refusesAFileThatIsThereTwice(String name) {
    assertRefused(Kind.INVALID_IMAGE, saved("null").file(name, LOWER), "twice");
  }

  @Test
  void readsTheLayoutWhereBothAreThere() throws IOException {
    ArchiveFixture layout = new ArchiveFixture();
    ArchiveBuilder both = saved("[\"app:1.0\"]").raw(layout.archive().toBytes());
    try (ContentStore store = open(both)) {
      layout.assertComplete(store);
    }
  }

  @Test
  void readsOneThroughAStream() throws IOException {
    ArchiveBuilder archive = saved("[\"app:1.0\"]").raw(new byte[1024]);
    Path file = folder.resolve("docker.tar.gz");
    Files.write(file, gzip(archive.toBytes()));
    try (ContentStore store = openAt(file)) {
      assertThat(read(store, manifest(store).layers().get(1).digest())).isEqualTo(UPPER);
    }
  }
}
