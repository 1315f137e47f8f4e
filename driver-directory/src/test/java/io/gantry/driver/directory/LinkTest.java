package io.gantry.driver.directory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gantry.api.GantryException;
import io.gantry.api.GantryException.Kind;
import io.gantry.api.content.BlobReader;
import io.gantry.api.content.ContentStore;
import io.gantry.api.driver.ImageDriver;
import io.gantry.api.export.ExportListener;
import io.gantry.api.export.ExportPlan;
import io.gantry.api.export.ExportRequest;
import io.gantry.api.export.Exporter;
import io.gantry.api.file.BlobFolder;
import io.gantry.api.oci.Descriptor;
import io.gantry.api.oci.Digest;
import io.gantry.api.provider.Location;
import io.gantry.api.provider.Options;
import io.gantry.testkit.ImageFactory;
import io.gantry.testkit.InMemoryStore;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LinkTest {
  private static final long SEED = 17;
  private static final int LAYER_BYTES = 300_000;

  /** Of a file system that nothing can be linked out of. */
  private static final Path ANOTHER_DISK = Path.of("/proc/self/status");

  @TempDir private Path folder;
  private final DirectoryDriverProvider drivers = new DirectoryDriverProvider();
  private final List<String> notices = new ArrayList<>();
  private Path source = Path.of("");
  private Path target = Path.of("");

  @BeforeEach
  void makeSource() throws IOException {
    source = folder.resolve("source");
    target = folder.resolve("target");
    InMemoryStore store = new InMemoryStore();
    ImageFactory make = ImageFactory.into(store, SEED);
    make.offer(make.image(LAYER_BYTES, 10, 0), "app:1.0");
    export(store, source, "no");
  }

  @Test
  void hardLinksAreTheSameFiles() throws IOException {
    export(openSource(), target, "hard");

    for (Digest blob : new BlobFolder(source).digests()) {
      assertThat(isSameFile(blob)).isTrue();
    }
    assertThat(new BlobFolder(target).digests()).isEqualTo(new BlobFolder(source).digests());
    assertThat(notices).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"no", "reflink"})
  void copiesAreNot(String link) throws IOException {
    export(openSource(), target, link);

    for (Digest blob : new BlobFolder(source).digests()) {
      assertThat(isSameFile(blob)).isFalse();
      assertThat(new BlobFolder(target).path(blob))
          .hasSameBinaryContentAs(new BlobFolder(source).path(blob));
    }
    assertThat(notices).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"hard", "reflink"})
  void whatIsLinkedIsHashedFirst(String link) throws IOException {
    Descriptor layer = largest();
    Path file = new BlobFolder(source).path(layer.digest());
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
    Files.write(file, new byte[1], StandardOpenOption.WRITE);

    assertThatThrownBy(() -> export(openSource(), target, link))
        .isInstanceOfSatisfying(
            GantryException.class,
            failure -> assertThat(failure.kind()).isEqualTo(Kind.CONTENT_MISMATCH))
        .hasMessageContaining(layer.digest().toString());
    assertThat(new BlobFolder(target).path(layer.digest())).doesNotExist();
    assertThat(target.resolve("index.json")).doesNotExist();
  }

  /** The name in the source may be given to another file between the look at it and the link. */
  @ParameterizedTest
  @ValueSource(strings = {"hard", "reflink"})
  void whatIsHashedIsWhatWasLinkedAndNotWhatTheSourceReads(String link) throws IOException {
    Path other = Files.write(folder.resolve("other"), new byte[LAYER_BYTES]);
    ContentStore honest = openSource();
    Descriptor layer = largest();
    ContentStore lying =
        new Readers(honest) {
          @Override
          public BlobReader open(Descriptor blob) throws IOException {
            BlobReader reader = super.open(blob);
            return blob.digest().equals(layer.digest()) ? new Elsewhere(reader, other) : reader;
          }
        };

    assertThatThrownBy(() -> export(lying, target, link))
        .isInstanceOfSatisfying(
            GantryException.class,
            failure -> assertThat(failure.kind()).isEqualTo(Kind.CONTENT_MISMATCH));
    assertThat(new BlobFolder(target).path(layer.digest())).doesNotExist();
  }

  @Test
  void aFileThatCannotBeReadIsTheSourcesFault() throws IOException {
    ContentStore gone =
        new Readers(openSource()) {
          @Override
          public BlobReader open(Descriptor blob) throws IOException {
            return new Elsewhere(super.open(blob), folder);
          }
        };

    assertThatThrownBy(() -> export(gone, target, "reflink"))
        .isInstanceOfSatisfying(
            GantryException.class,
            failure -> assertThat(failure.kind()).isEqualTo(Kind.SOURCE_FAILED))
        .hasMessageContaining(folder + " is a folder");
  }

  @Test
  void whatCannotBeLinkedIsCopiedAndSaidOnce() throws IOException {
    ContentStore unreachable =
        new Readers(openSource()) {
          @Override
          public BlobReader open(Descriptor blob) throws IOException {
            return new Elsewhere(super.open(blob), ANOTHER_DISK);
          }
        };

    export(unreachable, target, "hard");

    assertThat(new BlobFolder(target).digests()).isEqualTo(new BlobFolder(source).digests());
    assertThat(notices)
        .singleElement()
        .asString()
        .contains("(Invalid cross-device link); those are copied");
  }

  private Descriptor largest() throws IOException {
    return ExportPlan.of(openSource(), ExportRequest.everything()).blobs().stream()
        .filter(blob -> blob.size() == LAYER_BYTES)
        .findFirst()
        .orElseThrow();
  }

  private boolean isSameFile(Digest blob) throws IOException {
    return Files.isSameFile(new BlobFolder(source).path(blob), new BlobFolder(target).path(blob));
  }

  private ContentStore openSource() throws IOException {
    DirectoryStoreProvider stores = new DirectoryStoreProvider();
    return stores.open(
        Location.parse("dir:" + source), Options.parse("dir", stores.options(), Map.of()));
  }

  private void export(ContentStore from, Path to, String link) throws IOException {
    ExportListener listener =
        new ExportListener() {
          @Override
          public void notice(String message) {
            notices.add(message);
          }
        };
    Options options = Options.parse("dir", drivers.options(), Map.of("link", link));
    try (ImageDriver driver = drivers.open(Location.parse("dir:" + to), options)) {
      new Exporter(from, driver, listener)
          .export(ExportPlan.of(from, ExportRequest.everything()), false);
    }
  }

  private static class Readers implements ContentStore {
    private final ContentStore store;

    Readers(ContentStore store) {
      this.store = store;
    }

    @Override
    public List<Descriptor> roots() throws IOException {
      return store.roots();
    }

    @Override
    public Descriptor resolve(Digest digest) throws IOException {
      return store.resolve(digest);
    }

    @Override
    public BlobReader open(Descriptor blob) throws IOException {
      return store.open(blob);
    }

    @Override
    public void close() throws IOException {
      store.close();
    }
  }

  private record Elsewhere(BlobReader reader, Path place) implements BlobReader {
    @Override
    public long size() throws IOException {
      return reader.size();
    }

    @Override
    public int read(ByteBuffer dst, long position) throws IOException {
      return reader.read(dst, position);
    }

    @Override
    public Optional<Path> file() {
      return Optional.of(place);
    }

    @Override
    public void close() throws IOException {
      reader.close();
    }
  }
}
