package io.gantry.driver.directory;

import static java.util.concurrent.TimeUnit.MINUTES;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gantry.api.GantryException;
import io.gantry.api.GantryException.Kind;
import io.gantry.api.content.ContentStore;
import io.gantry.api.driver.ImageDriver;
import io.gantry.api.export.ExportPlan;
import io.gantry.api.export.ExportRequest;
import io.gantry.api.export.ExportResult;
import io.gantry.api.export.Exporter;
import io.gantry.api.file.BlobFolder;
import io.gantry.api.file.LockFile;
import io.gantry.api.oci.Annotations;
import io.gantry.api.oci.Descriptor;
import io.gantry.api.oci.Digest;
import io.gantry.api.oci.DigestAlgorithm;
import io.gantry.api.provider.Location;
import io.gantry.api.provider.Options;
import io.gantry.testkit.BlobFault;
import io.gantry.testkit.FaultyStore;
import io.gantry.testkit.ImageFactory;
import io.gantry.testkit.InMemoryStore;
import io.gantry.testkit.ReadBack;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DirectoryDriverTest {
  private static final long SEED = 11;

  @TempDir private Path folder;
  private final InMemoryStore store = new InMemoryStore();
  private final ImageFactory make = ImageFactory.into(store, SEED);
  private final DirectoryDriverProvider provider = new DirectoryDriverProvider();

  @Test
  void makesContentReadOnlyAndTheRestAsUsual() throws IOException {
    make.offer(make.image(10), "app:1.0");

    export(store, false);

    BlobFolder blobs = new BlobFolder(layout());
    for (Descriptor blob : ExportPlan.of(store, ExportRequest.everything()).blobs()) {
      assertThat(mode(blobs.path(blob.digest()))).isEqualTo("r--r--r--");
    }
    assertThat(mode(layout().resolve("index.json"))).isEqualTo("rw-r--r--");
    assertThat(mode(layout().resolve("oci-layout"))).isEqualTo("rw-r--r--");
    assertThat(mode(layout().resolve("blobs/sha256"))).isEqualTo("rwxr-xr-x");
  }

  @Test
  void leavesNothingBesideTheLayoutButItsLock() throws IOException {
    make.offer(make.image(10), "app:1.0");

    export(store, false);

    try (Stream<Path> entries = Files.list(layout())) {
      assertThat(entries.map(entry -> entry.getFileName().toString()))
          .containsExactlyInAnyOrder("blobs", "index.json", "index.json.lock", "oci-layout");
    }
  }

  @Test
  void addsToALayoutAndReplacesTheEntryOfTheSameName() throws IOException {
    make.offer(make.image(10), "app:1.0");
    make.offer(make.image(20), "app:2.0");
    export(store, false);
    InMemoryStore other = new InMemoryStore();
    ImageFactory makeOther = ImageFactory.into(other, SEED + 1);
    Descriptor replaced = makeOther.offer(makeOther.image(30), "app:1.0");
    makeOther.offer(makeOther.image(40), "app:3.0");

    export(other, false);

    List<Descriptor> entries = entries();
    assertThat(entries)
        .extracting(entry -> entry.annotations().get(Annotations.REF_NAME))
        .containsExactly("1.0", "2.0", "3.0");
    assertThat(entries.get(0).digest()).isEqualTo(replaced.digest());
  }

  @Test
  void startsANewIndexWhenToldTo() throws IOException {
    make.offer(make.image(10), "app:1.0");
    export(store, false);
    InMemoryStore other = new InMemoryStore();
    ImageFactory makeOther = ImageFactory.into(other, SEED + 1);
    Descriptor only = makeOther.offer(makeOther.image(30), "app:9.0");

    export(other, true);

    assertThat(entries()).extracting(Descriptor::digest).containsExactly(only.digest());
  }

  @Test
  void writesNoBlobThatIsThereAlready() throws IOException {
    make.offer(make.image(10, 20_000), "app:1.0");
    ExportResult first = export(store, false);

    ExportResult second = export(store, false);

    assertThat(first.reused()).isEmpty();
    assertThat(second.written()).isEmpty();
    assertThat(second.reused()).hasSize(first.written().size());
  }

  @Test
  void healsABlobThatWasDamagedInTheLayout() throws IOException {
    Descriptor layer = make.layer(1000);
    make.offer(make.image(List.of(layer)), "app:1.0");
    export(store, false);
    Path damaged = new BlobFolder(layout()).path(layer.digest());
    Files.delete(damaged);
    Files.write(damaged, new byte[1000]);

    ExportResult result = export(store, false);

    assertThat(result.written()).extracting(Descriptor::digest).containsExactly(layer.digest());
    assertThat(damaged).hasBinaryContent(store.content(layer.digest()).orElseThrow());
  }

  @Test
  void resumesAfterAFailureWithTheBlobsThatWereCommitted() throws IOException {
    make.offer(make.image(300_000, 300_000, 300_000), "app:1.0");
    List<Descriptor> blobs = ExportPlan.of(store, ExportRequest.everything()).blobs();
    Descriptor last = blobs.get(blobs.size() - 1);
    ContentStore broken = new FaultyStore(store, last.digest(), BlobFault.failsToOpen());
    ExportPlan plan = ExportPlan.of(store, ExportRequest.everything());

    try (ImageDriver driver = open()) {
      // One at a time, so that all but the last are there when that fails.
      Exporter exporter = new Exporter(broken, driver).parallel(1);
      assertThatThrownBy(() -> exporter.export(plan, false)).isInstanceOf(GantryException.class);
    }
    assertThat(layout().resolve("index.json")).doesNotExist();
    assertThat(layout().resolve("oci-layout")).doesNotExist();

    ExportResult second = export(store, false);
    assertThat(second.written()).extracting(Descriptor::digest).containsExactly(last.digest());
  }

  @Test
  void leavesNothingOfAnExportThatFailsAtOnce() throws IOException {
    make.offer(make.image(10), "app:1.0");
    ExportPlan plan = ExportPlan.of(store, ExportRequest.everything());
    ContentStore broken = new FaultyStore(store, BlobFault.failsToOpen());

    assertThatThrownBy(() -> export(broken, plan, false)).isInstanceOf(GantryException.class);

    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void refusesAFolderThatIsSomethingElse() throws IOException {
    make.offer(make.image(10), "app:1.0");
    Files.createDirectories(layout());
    Files.writeString(layout().resolve("thesis.txt"), "precious");

    assertThatThrownBy(() -> export(store, true))
        .isInstanceOfSatisfying(
            GantryException.class, e -> assertThat(e.kind()).isEqualTo(Kind.TARGET_EXISTS))
        .hasMessageContaining("thesis.txt");
    try (Stream<Path> entries = Files.list(layout())) {
      assertThat(entries).hasSize(1);
    }
  }

  @Test
  void refusesAFileInThePlaceOfTheFolder() throws IOException {
    make.offer(make.image(10), "app:1.0");
    Files.writeString(layout(), "precious");

    assertThatThrownBy(() -> export(store, true)).hasMessageContaining("is not a folder");
    assertThat(layout()).hasContent("precious");
  }

  @Test
  void refusesALayoutWhoseIndexCannotBeAddedToBeforeAnyBlobMoves() throws IOException {
    make.offer(make.image(10), "app:1.0");
    Files.createDirectories(layout());
    Files.writeString(layout().resolve("oci-layout"), "{\"imageLayoutVersion\":\"1.0.0\"}");
    Files.writeString(layout().resolve("index.json"), "{\"schemaVersion\":2,\"manifests\":[{}]}");

    assertThatThrownBy(() -> export(store, false)).hasMessageContaining("index.json");

    assertThat(layout().resolve("blobs")).doesNotExist();
    assertThat(layout().resolve("index.json"))
        .hasContent("{\"schemaVersion\":2,\"manifests\":[{}]}");
  }

  @Test
  void removesTheStagingFolderOfAKilledRunAndKeepsThatOfALivingOne() throws IOException {
    make.offer(make.image(10), "app:1.0");
    Path dead = Files.createDirectories(layout().resolve(".gantry-00000000deadbeef"));
    Files.writeString(dead.resolve("lock"), "");
    Files.writeString(dead.resolve("1"), "half a blob");
    Path alive = Files.createDirectories(layout().resolve(".gantry-00000000cafecafe"));
    try (LockFile lock = LockFile.tryAcquire(alive.resolve("lock")).orElseThrow()) {
      export(store, false);

      assertThat(dead).doesNotExist();
      assertThat(alive).exists();
    }
  }

  @Test
  void keepsAFolderOfSomebodyElseWhoseNameOnlyResemblesStaging() throws IOException {
    make.offer(make.image(10), "app:1.0");
    export(store, false);
    Path notes = Files.createDirectories(layout().resolve(".gantry-notes"));
    Files.writeString(notes.resolve("todo.txt"), "precious");

    export(store, false);

    assertThat(notes.resolve("todo.txt")).hasContent("precious");
  }

  @Test
  void replacesWhatIsNoFileInThePlaceOfABlob() throws IOException {
    Descriptor layer = make.layer(1000);
    make.offer(make.image(List.of(layer)), "app:1.0");
    export(store, false);
    Path blob = new BlobFolder(layout()).path(layer.digest());
    Path elsewhere = Files.move(blob, folder.resolve("elsewhere"));
    Files.createSymbolicLink(blob, elsewhere);

    export(store, false);

    assertThat(blob).isRegularFile();
    assertThat(Files.isSymbolicLink(blob)).isFalse();
  }

  @Test
  void refusesToMakeAnIndexThatIsTooLargeToBeRead() throws IOException {
    Descriptor image = make.image(10);
    make.offer(image.withAnnotations(Map.of("half", "x".repeat(17 << 20))));
    export(store, false);
    byte[] before = Files.readAllBytes(layout().resolve("index.json"));
    InMemoryStore other = new InMemoryStore();
    ImageFactory makeOther = ImageFactory.into(other, SEED + 1);
    makeOther.offer(makeOther.image(20).withAnnotations(Map.of("half", "y".repeat(17 << 20))));

    assertThatThrownBy(() -> export(other, false)).hasMessageContaining("more than");

    assertThat(layout().resolve("index.json")).hasBinaryContent(before);
  }

  /** It stands for the folder of another export that is gone before it is looked at. */
  @Test
  void takesTheNameOfAStagingFolderForOneWithoutLookingAtIt() throws IOException {
    make.offer(make.image(10), "app:1.0");
    Files.createDirectories(layout());
    Files.createSymbolicLink(layout().resolve(".gantry-0123456789abcdef"), Path.of("gone"));

    export(store, false);

    assertThat(entries()).hasSize(1);
  }

  @Test
  void writesTheSameLayoutWithAnyNumberOfThreads() throws IOException {
    make.offer(make.image(0, 1, 100, 70_000, 300_000, 600_000), "app:1.0");
    ExportPlan plan = ExportPlan.of(store, ExportRequest.everything());
    List<Map<String, String>> layouts = new ArrayList<>();
    for (int threads : new int[] {1, 16}) {
      try (ImageDriver driver = open()) {
        new Exporter(store, driver).parallel(threads).export(plan, false);
      }
      layouts.add(digests(layout()));
      Files.move(layout(), folder.resolve("done-" + threads));
    }
    assertThat(layouts.get(0)).hasSizeGreaterThan(8);
    assertThat(layouts.get(1)).isEqualTo(layouts.get(0));
  }

  private static Map<String, String> digests(Path root) throws IOException {
    Map<String, String> digests = new TreeMap<>();
    try (Stream<Path> files = Files.walk(root)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Digest digest = Digest.of(DigestAlgorithm.SHA256, Files.readAllBytes(file));
        digests.put(root.relativize(file).toString(), digest.toString());
      }
    }
    return digests;
  }

  /** The first exports into a new folder make the layout while others look whether it is one. */
  @RepeatedTest(20)
  void losesNoEntryOfExportsThatRunSideBySide() throws Exception {
    int exports = 6;
    CyclicBarrier together = new CyclicBarrier(exports);
    List<Callable<ExportResult>> work = new ArrayList<>();
    for (int i = 0; i < exports; i++) {
      InMemoryStore own = new InMemoryStore();
      ImageFactory makeOwn = ImageFactory.into(own, i);
      makeOwn.offer(makeOwn.image(i), "app:" + i);
      ExportPlan plan = ExportPlan.of(own, ExportRequest.everything());
      work.add(
          () -> {
            together.await();
            return export(own, plan, false);
          });
    }
    ExecutorService threads = Executors.newFixedThreadPool(exports);
    try {
      for (Future<ExportResult> done : threads.invokeAll(work, 1, MINUTES)) {
        done.get();
      }
    } finally {
      threads.shutdownNow();
    }

    assertThat(entries()).extracting(Descriptor::digest).hasSize(exports).doesNotHaveDuplicates();
  }

  private Path layout() {
    return folder.resolve("layout");
  }

  private List<Descriptor> entries() throws IOException {
    return ReadBack.ofLayout(layout()).index().orElseThrow().manifests();
  }

  private ExportResult export(ContentStore source, boolean overwrite) throws IOException {
    return export(source, ExportPlan.of(source, ExportRequest.everything()), overwrite);
  }

  private ExportResult export(ContentStore source, ExportPlan plan, boolean overwrite)
      throws IOException {
    try (ImageDriver driver = open()) {
      return new Exporter(source, driver).export(plan, overwrite);
    }
  }

  private ImageDriver open() throws IOException {
    Options options = Options.parse("dir", provider.options(), Map.of());
    return provider.open(Location.parse("dir:" + layout()), options);
  }

  private static String mode(Path file) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
  }
}
