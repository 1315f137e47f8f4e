package io.gantry.driver.directory;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gantry.api.GantryException;
import io.gantry.api.GantryException.Kind;
import io.gantry.api.content.ContentStore;
import io.gantry.api.provider.Location;
import io.gantry.api.provider.Options;
import io.gantry.testkit.ImageFactory;
import io.gantry.testkit.InMemoryStore;
import io.gantry.testkit.OciLayout;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DirectoryStoreTest {
  @TempDir private Path folder;
  private final Map<String, byte[]> files = new HashMap<>();

  @BeforeEach
  void makeALayout() {
    InMemoryStore content = new InMemoryStore();
    ImageFactory make = ImageFactory.into(content, 3);
    make.offer(make.image(10), "app:1.0");
    files.putAll(OciLayout.files(content));
  }

  @Test
  void ignoresFilesThatAreNotOfTheLayout() throws IOException {
    files.put("manifest.json", new byte[] {1});
    files.put("ingest/half", new byte[] {2});

    try (ContentStore store = open()) {
      assertThat(store.roots()).hasSize(1);
    }
  }

  @Test
  void listsNothingThatIsNoBlob() throws IOException {
    List<String> blobs = files.keySet().stream().filter(name -> name.startsWith("blobs/")).toList();
    files.put("blobs/readme", new byte[0]);
    files.put("blobs/sha256/unfinished.tmp", new byte[0]);
    files.put("blobs/blake3/" + "0".repeat(64), new byte[0]);
    Path layout = OciLayout.write(files, folder.resolve("layout"));
    Files.createDirectory(layout.resolve("blobs/sha256/" + "a".repeat(64)));
    Files.createSymbolicLink(layout.resolve("blobs/sha256/" + "b".repeat(64)), layout);

    try (ContentStore store = openAt(layout)) {
      assertThat(store.blobs().orElseThrow())
          .extracting(OciLayout::name)
          .containsExactlyInAnyOrderElementsOf(blobs);
    }
  }

  @Test
  void holdsNoBlobsWithoutAFolderOfThem() throws IOException {
    files.keySet().removeIf(name -> name.startsWith("blobs/"));

    try (ContentStore store = open()) {
      assertThat(store.blobs()).hasValue(List.of());
    }
  }

  @Test
  void saysThatThereIsNoFolder() {
    assertThatThrownBy(() -> openAt(folder.resolve("absent")))
        .isInstanceOfSatisfying(
            GantryException.class, e -> assertThat(e.kind()).isEqualTo(Kind.NOT_FOUND))
        .hasMessageContaining("absent");
  }

  @Test
  void pointsToTheOtherSchemeForAFolderOfBlobs() {
    files.remove("oci-layout");

    assertThatThrownBy(this::open)
        .isInstanceOfSatisfying(
            GantryException.class, e -> assertThat(e.kind()).isEqualTo(Kind.NOT_FOUND))
        .hasMessageContaining("store:");
  }

  @Test
  void saysThatTheIndexIsMissing() {
    files.remove("index.json");

    assertThatThrownBy(this::open).hasMessageContaining("index.json");
  }

  @Test
  void refusesALayoutOfAnotherVersion() {
    files.put("oci-layout", "{\"imageLayoutVersion\":\"2.0.0\"}".getBytes(UTF_8));

    assertThatThrownBy(this::open).hasMessageContaining("'2.0.0' is not supported");
  }

  @Test
  void followsNoLinkInThePlaceOfTheIndex() throws IOException {
    Path layout = OciLayout.write(files, folder.resolve("layout"));
    Files.delete(layout.resolve("index.json"));
    Path secret = Files.writeString(folder.resolve("secret"), "hunter2");
    Files.createSymbolicLink(layout.resolve("index.json"), secret);

    assertThatThrownBy(() -> openAt(layout))
        .hasMessageContaining("symbolic link")
        .hasMessageNotContaining("hunter2");
  }

  private ContentStore open() throws IOException {
    return openAt(OciLayout.write(files, folder.resolve("layout")));
  }

  private static ContentStore openAt(Path layout) throws IOException {
    Options options = Options.parse("dir", List.of(), Map.of());
    return new DirectoryStoreProvider().open(Location.parse("dir:" + layout), options);
  }
}
