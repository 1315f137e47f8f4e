package com.example.zip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gantry.api.GantryException;
import io.gantry.api.content.ContentStore;
import io.gantry.api.driver.BlobWriter;
import io.gantry.api.driver.ImageDriver;
import io.gantry.api.driver.InitOptions;
import io.gantry.api.export.ExportPlan;
import io.gantry.api.export.ExportRequest;
import io.gantry.api.export.Exporter;
import io.gantry.api.oci.Descriptor;
import io.gantry.api.oci.Index;
import io.gantry.api.provider.Location;
import io.gantry.api.provider.Options;
import io.gantry.testkit.ImageFactory;
import io.gantry.testkit.InMemoryStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TimeZone;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the contract does not ask for: the option, the entries and links. */
class ZipDriverTest {
  private final ZipDriverProvider provider = new ZipDriverProvider();
  private final InMemoryStore store = new InMemoryStore();
  private final ImageFactory make = ImageFactory.into(store, 5);
  @TempDir private Path folder;

  @Test
  void compressesAsHardAsItIsTold() throws IOException {
    offerZeros();

    long none = Files.size(export("none.zip", false, Map.of()));
    long most = Files.size(export("most.zip", false, Map.of("level", "9")));

    assertThat(none).isGreaterThan(100_000);
    assertThat(most).isLessThan(10_000);
    assertThatThrownBy(() -> export("x.zip", false, Map.of("level", "10")))
        .isInstanceOf(GantryException.class)
        .hasMessageContaining("level")
        .hasMessageContaining("0 to 9");
  }

  private void offerZeros() {
    make.offer(
        make.image(
            List.of(make.blob("application/vnd.oci.image.layer.v1.tar", "0".repeat(100_000)))),
        "app:1");
  }

  @Test
  void theIndexComesAfterAllBlobs() throws IOException {
    make.offer(make.image(700, 1200), "app:1");

    Path file = export("image.zip", false, Map.of());

    assertThat(ZipFiles.read(file).keySet())
        .filteredOn(name -> !name.startsWith("blobs/sha256/"))
        .containsExactly("index.json", "oci-layout");
    assertThat(List.copyOf(ZipFiles.read(file).keySet()).indexOf("index.json")).isEqualTo(4);
  }

  @Test
  void theTimeZoneDoesNotShow() throws IOException {
    make.offer(make.image(700), "app:1");
    TimeZone before = TimeZone.getDefault();
    try {
      TimeZone.setDefault(TimeZone.getTimeZone("Pacific/Kiritimati"));
      Path east = export("east.zip", false, Map.of());
      TimeZone.setDefault(TimeZone.getTimeZone("Pacific/Pago_Pago"));
      Path west = export("west.zip", false, Map.of());

      assertThat(east).hasSameBinaryContentAs(west);
    } finally {
      TimeZone.setDefault(before);
    }
  }

  @Test
  void aLinkToTheFileStaysALink() throws IOException {
    make.offer(make.image(700), "app:1");
    Path file = export("image.zip", false, Map.of());
    Files.write(file, new byte[0]);
    Path link = Files.createSymbolicLink(folder.resolve("link.zip"), file);

    export("link.zip", true, Map.of());

    assertThat(link).isSymbolicLink();
    try (ZipFile zip = new ZipFile(file.toFile())) {
      assertThat(zip.size()).isEqualTo(5);
    }
  }

  @Test
  void whatIsNoFileIsNotReplaced() throws IOException {
    make.offer(make.image(700), "app:1");
    Path taken = Files.createDirectory(folder.resolve("taken"));

    assertThatThrownBy(() -> export("taken", true, Map.of()))
        .isInstanceOfSatisfying(
            GantryException.class,
            e -> assertThat(e.kind()).isEqualTo(GantryException.Kind.TARGET_EXISTS))
        .hasMessageContaining("taken");
    assertThat(taken).isEmptyDirectory();
  }

  /** What is deflated with lies outside of the heap, where nobody makes room for the next. */
  @Test
  void endsItsDeflaterAlsoWhenNothingIsPublished() throws IOException {
    Descriptor image = make.image(700);
    ZipDriver driver = new ZipDriver(folder.resolve("image.zip"), 9);
    driver.init(InitOptions.of(Index.of(List.of(image)), List.of(image)));
    BlobWriter writer = driver.blobWriter(image);

    driver.close();
    driver.close();

    assertThatThrownBy(() -> writer.commit(image.size(), image.digest()))
        .hasMessageContaining("Deflater");
    assertThat(folder).isEmptyDirectory();
  }

  private Path export(String name, boolean overwrite, Map<String, String> options)
      throws IOException {
    Path file = folder.resolve(name);
    Options parsed = Options.parse(provider.scheme(), provider.options(), options);
    try (ContentStore source = store;
        ImageDriver target = provider.open(Location.parse("zip:" + file), parsed)) {
      new Exporter(source, target)
          .export(ExportPlan.of(source, ExportRequest.everything()), overwrite);
    }
    return file;
  }
}
