package com.example.zip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gantry.api.GantryException;
import io.gantry.api.GantryException.Kind;
import io.gantry.api.content.BlobReader;
import io.gantry.api.content.ContentStore;
import io.gantry.api.oci.Descriptor;
import io.gantry.api.provider.Location;
import io.gantry.api.provider.Options;
import io.gantry.testkit.ImageFactory;
import io.gantry.testkit.InMemoryStore;
import io.gantry.testkit.OciLayout;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Zip files that are none, or not what they seem. */
class ZipStoreTest {
  private final InMemoryStore store = new InMemoryStore();
  private final Descriptor image = ImageFactory.into(store, 3).image(5000);
  private final ZipStoreProvider provider = new ZipStoreProvider();
  @TempDir private Path folder;

  @Test
  void refusesWhatIsCutShort() throws IOException {
    byte[] whole = Files.readAllBytes(write(layout()));
    for (int length : new int[] {0, 1, 100, whole.length / 2, whole.length - 1}) {
      Path cut = Files.write(folder.resolve("cut.zip"), Arrays.copyOf(whole, length));
      assertInvalid(cut, "cut.zip");
    }
  }

  @Test
  void refusesTwoEntriesOfOneName() throws IOException {
    Map<String, byte[]> files = layout();
    // Of the same length, so that it can be renamed in the file.
    files.put("index.jsom", "{}".getBytes(StandardCharsets.UTF_8));
    Path file = write(files);
    String bytes = Files.readString(file, StandardCharsets.ISO_8859_1);
    Files.writeString(file, bytes.replace("index.jsom", "index.json"), StandardCharsets.ISO_8859_1);

    assertInvalid(file, "two entries have one name");
  }

  @Test
  void refusesNamesThatLeadOut() throws IOException {
    for (String name :
        List.of("../x", "blobs/../index.json", "/etc/x", "blobs\\..\\x", "a\n/../x", "..")) {
      Map<String, byte[]> files = layout();
      files.put(name, new byte[1]);

      assertInvalid(write(files), "leads out");
    }
  }

  @Test
  void takesNamesThatBeginWithTheFolderItself() throws IOException {
    Map<String, byte[]> files = new LinkedHashMap<>();
    files.put("./", new byte[0]);
    files.put("./blobs/", new byte[0]);
    layout().forEach((name, content) -> files.put("./" + name, content));

    try (ContentStore source = open(write(files));
        BlobReader blob = source.open(image)) {
      assertThat(source.roots()).hasSize(1);
      assertThat(source.blobs()).hasValueSatisfying(blobs -> assertThat(blobs).hasSize(3));
      assertThat(blob.read(ByteBuffer.allocate(1), 0)).isEqualTo(1);
    }
  }

  @Test
  void refusesTwoEntriesThatAreUnpackedToOnePlace() throws IOException {
    Map<String, byte[]> files = layout();
    files.put("./index.json", "{}".getBytes(StandardCharsets.UTF_8));

    assertInvalid(write(files), "two entries have one name");
  }

  @Test
  void refusesNamesThatCanBeReadInTwoWays() throws IOException {
    for (String name :
        List.of(
            "blobs/sha256/./x", "blobs//x", "blobs/.", "././index.json", "a//", "blobs\\x")) {
      Map<String, byte[]> files = layout();
      files.put(name, new byte[1]);

      assertInvalid(write(files), "can be read in two ways");
    }
  }

  @Test
  void refusesAFileThatIsAFolderToo() throws IOException {
    for (String name : List.of("index.json/", "index.json/x", "./oci-layout/x/", "blobs")) {
      Map<String, byte[]> files = layout();
      files.put(name, new byte[0]);
      files.put("index.json-", new byte[0]);

      assertInvalid(write(files), "a file and a folder");
    }
  }

  @Test
  void refusesAFolderInsteadOfItsContent() throws IOException {
    Map<String, byte[]> files = new LinkedHashMap<>();
    layout().forEach((name, content) -> files.put("layout/" + name, content));

    assertInvalid(write(files), "cd LAYOUT");
  }

  @Test
  void refusesAnIndexThatIsABomb() throws IOException {
    Map<String, byte[]> files = layout();
    files.put("index.json", new byte[33 * 1024 * 1024]);

    assertInvalid(write(files), "more than 33554432 bytes");
  }

  @Test
  void passesOverWhatIsNotOfALayout() throws IOException {
    Map<String, byte[]> files = layout();
    files.put("blobs/", new byte[0]);
    files.put("blobs/sha256/README", new byte[5]);
    files.put("a..b/notes", new byte[5]);

    try (ContentStore source = open(write(files))) {
      assertThat(source.blobs()).hasValueSatisfying(blobs -> assertThat(blobs).hasSize(3));
    }
  }

  /** A size that is less than what is inflated: the rest does not come. */
  @Test
  void readsNoMoreThanTheSizeThatTheEntryHas() throws IOException {
    Path file = write(Map.of("oci-layout", OciLayout.MARKER.getBytes(StandardCharsets.UTF_8)));
    try (var zip = new java.util.zip.ZipFile(file.toFile())) {
      var entry = zip.getEntry("oci-layout");
      entry.setSize(5);
      try (BlobReader reader = new ZipBlobReader(zip, entry)) {
        ByteBuffer bytes = ByteBuffer.allocate(100);
        assertThat(reader.read(bytes, 0)).isEqualTo(5);
        assertThat(reader.read(bytes, 5)).isEqualTo(-1);
      }
    }
  }

  @Test
  void tellsWhichEntryCannotBeInflated() throws IOException {
    Map<String, byte[]> files = layout();
    Path file = write(files);
    byte[] bytes = Files.readAllBytes(file);
    List<String> names = List.copyOf(files.keySet());
    // The second is deflated; what follows its name is what it is deflated to.
    String second = names.get(1);
    int at = new String(bytes, StandardCharsets.ISO_8859_1).indexOf(second) + second.length();
    Arrays.fill(bytes, at, at + 20, (byte) 0xff);
    Files.write(file, bytes);

    try (ContentStore source = open(file)) {
      var digest = source.blobs().orElseThrow().stream().filter(d -> second.endsWith(d.encoded()));
      Descriptor blob =
          Descriptor.of("application/octet-stream", digest.findFirst().orElseThrow(), 1);
      try (BlobReader reader = source.open(blob)) {
        assertThatThrownBy(() -> reader.read(ByteBuffer.allocate(10), 0))
            .isInstanceOf(IOException.class)
            .hasMessageContaining(second)
            .hasMessageContaining("image.zip");
      }
    }
  }

  private Map<String, byte[]> layout() {
    if (store.roots().isEmpty()) {
      store.offer(image);
    }
    return OciLayout.files(store);
  }

  private Path write(Map<String, byte[]> files) throws IOException {
    Path file = folder.resolve("image.zip");
    ZipFiles.write(files, file);
    return file;
  }

  private ContentStore open(Path file) throws IOException {
    Options none = Options.parse(provider.scheme(), provider.options(), Map.of());
    return provider.open(Location.parse("zip:" + file), none);
  }

  private void assertInvalid(Path file, String message) {
    assertThatThrownBy(() -> open(file).close())
        .isInstanceOfSatisfying(
            GantryException.class, e -> assertThat(e.kind()).isEqualTo(Kind.INVALID_IMAGE))
        .hasMessageContaining(message)
        .hasMessageContaining(file.toString());
  }
}
