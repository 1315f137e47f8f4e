package io.gantry.driver.directory;

import static java.util.Objects.requireNonNull;
import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gantry.api.GantryException;
import io.gantry.api.GantryException.Kind;
import io.gantry.api.driver.ImageDriver;
import io.gantry.api.driver.InitOptions;
import io.gantry.api.export.ExportPlan;
import io.gantry.api.export.ExportRequest;
import io.gantry.api.export.Exporter;
import io.gantry.api.layout.Layout;
import io.gantry.api.layout.PruneOptions;
import io.gantry.api.layout.PruneReport;
import io.gantry.api.layout.Removal;
import io.gantry.api.layout.StoredBlob;
import io.gantry.api.oci.Annotations;
import io.gantry.api.oci.Descriptor;
import io.gantry.api.oci.Digest;
import io.gantry.api.oci.DigestAlgorithm;
import io.gantry.api.oci.ImageDocument;
import io.gantry.api.oci.Index;
import io.gantry.api.oci.MediaTypes;
import io.gantry.api.oci.Platform;
import io.gantry.api.provider.Location;
import io.gantry.api.provider.Options;
import io.gantry.testkit.ImageFactory;
import io.gantry.testkit.InMemoryStore;
import io.gantry.testkit.OciLayout;
import io.gantry.testkit.ReadBack;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class DirectoryLayoutTest {
  private static final PruneOptions AT_ONCE = new PruneOptions(Duration.ZERO, false);

  @TempDir private Path folder;
  private final InMemoryStore store = new InMemoryStore();
  private final ImageFactory make = ImageFactory.into(store, 13);
  private final DirectoryDriverProvider provider = new DirectoryDriverProvider();

  // ---- removing names

  @Test
  void removesOneEntryAndKeepsAllElseAsItIs() throws IOException {
    Descriptor image = make.image(10);
    String entry = ImageFactory.json(image).replaceFirst("\\}$", "");
    String named = entry + ",\"annotations\":{\"%s\":\"%s\"},\"x\":[1.50]}";
    String before =
        "{\"schemaVersion\":2,\"unknown\":{\"b\":1,\"a\":2},\"manifests\":[%s,%s,%s],\"z\":null}"
            .formatted(
                named.formatted(Annotations.REF_NAME, "1.0"),
                named.formatted(Annotations.IMAGE_NAME, "docker.io/library/app:2.0"),
                entry + "}");
    write();
    Files.writeString(root().resolve("index.json"), before);

    assertThat(remove("app:2.0"))
        .extracting(gone -> gone.annotations().get(Annotations.IMAGE_NAME))
        .containsExactly("docker.io/library/app:2.0");

    assertThat(Files.readString(root().resolve("index.json")))
        .isEqualTo(
            "{\"schemaVersion\":2,\"unknown\":{\"b\":1,\"a\":2},\"manifests\":[%s,%s],\"z\":null}"
                .formatted(named.formatted(Annotations.REF_NAME, "1.0"), entry + "}"));
  }

  @Test
  void removesByFullNameByTagAndByDigest() throws IOException {
    make.offer(make.image(10), "app:1.0");
    make.offer(make.image(20), "registry.example.com/app:2.0");
    Descriptor untagged = make.offer(make.image(30));
    make.offer(untagged, "kept:3.0");
    write();

    List<Descriptor> gone =
        remove(
            new Removal(List.of("2.0", "docker.io/library/app:1.0"), List.of(untagged.digest())));

    assertThat(gone).hasSize(3);
    assertThat(names()).containsExactly("docker.io/library/kept:3.0");
  }

  @Test
  void removesAllOrNothing() throws IOException {
    make.offer(make.image(10), "app:1.0");
    make.offer(make.image(20), "app:2.0");
    write();
    byte[] before = Files.readAllBytes(root().resolve("index.json"));

    assertRefused(
        Kind.NOT_FOUND,
        () -> remove("app:1.0", "app:9.0"),
        "'app:9.0'",
        "docker.io/library/app:1.0, docker.io/library/app:2.0");
    assertRefused(
        Kind.NOT_FOUND,
        () -> remove(new Removal(List.of("app:1.0"), List.of(make.unusedDigest()))),
        "sha256:");

    assertThat(root().resolve("index.json")).hasBinaryContent(before);
  }

  @Test
  void removesNothingWhenItIsNotClearWhatIsMeant() throws IOException {
    Descriptor image = make.image(10);
    make.offer(image, "app:1.0");
    make.offer(image, "other:1.0");
    write();

    assertRefused(
        Kind.INVALID_ARGUMENT,
        () -> remove("1.0"),
        "docker.io/library/app:1.0, docker.io/library/other:1.0");
    assertRefused(
        Kind.INVALID_ARGUMENT,
        () -> remove(new Removal(List.of(), List.of(image.digest()))),
        image.digest().toString(),
        "docker.io/library/app:1.0");
    assertThat(names()).hasSize(2);
  }

  @Test
  void removesByDigestWhatHasNoNameOfItsOwn() throws IOException {
    Descriptor image = make.image(10);
    Descriptor other = make.image(20);
    make.offer(image, "app:1.0");
    make.offer(other, "app:1.0");
    write();

    assertRefused(
        Kind.INVALID_ARGUMENT,
        () -> remove("app:1.0"),
        "@%s, @%s".formatted(image.digest(), other.digest()));
    remove(new Removal(List.of(), List.of(image.digest())));

    assertThat(names()).containsExactly("docker.io/library/app:1.0");
    assertThat(remove("app:1.0")).extracting(Descriptor::digest).containsExactly(other.digest());
  }

  @Test
  void removesTheLastImageAndLeavesALayout() throws IOException {
    make.offer(make.image(10), "app:1.0");
    write();

    remove("app:1.0");

    assertThat(names()).isEmpty();
    assertThat(Files.readString(root().resolve("index.json"))).contains("\"manifests\":[]");
    assertRefused(Kind.NOT_FOUND, () -> remove("app:1.0"), "it has none");
  }

  @Test
  void losesNoEntryOfExportsBesideRemovals() throws Exception {
    int rounds = 20;
    for (int i = 0; i < rounds; i++) {
      make.offer(make.image(i), "old:" + i);
    }
    write();
    ExecutorService threads = Executors.newFixedThreadPool(2);
    try {
      Future<?> removing =
          threads.submit(
              () -> {
                for (int i = 0; i < rounds; i++) {
                  remove("old:" + i);
                }
                return null;
              });
      Future<?> exporting =
          threads.submit(
              () -> {
                for (int i = 0; i < rounds; i++) {
                  export("new:" + i, 1000 + i);
                }
                return null;
              });
      removing.get();
      exporting.get();
    } finally {
      threads.shutdownNow();
    }
    assertThat(names()).hasSize(rounds).allMatch(name -> name.startsWith("docker.io/library/new:"));
  }

  // ---- pruning

  @Test
  void prunesWhatNoEntryLeadsTo() throws IOException {
    Descriptor shared = make.layer(100);
    Descriptor own = make.layer(200);
    Descriptor gone = make.offer(make.image(List.of(shared, own)), "app:1.0");
    make.offer(make.index(make.on("linux/amd64", make.image(List.of(shared)))), "app:2.0");
    Descriptor signed = make.offer(make.image(300));
    make.offer(make.artifact("a/signature", signed, 50));
    Descriptor spare = make.digestedBy(DigestAlgorithm.SHA512).layer(70);
    write();
    Set<Digest> before = ReadBack.ofLayout(root()).digests();
    remove("app:1.0");

    PruneReport report = prune(AT_ONCE);

    assertThat(report.removed())
        .contains(new StoredBlob(own.digest(), 200), new StoredBlob(spare.digest(), 70))
        .extracting(StoredBlob::digest)
        .contains(gone.digest())
        .hasSize(4)
        .isSorted();
    assertThat(report.bytes()).isGreaterThan(270);
    assertThat(report.kept()).isEqualTo(before.size() - 4);
    assertSound();
    assertThat(ReadBack.ofLayout(root()).digests()).hasSize(before.size() - 4);
    assertThat(root().resolve("blobs/sha512")).isEmptyDirectory();
    assertThat(prune(AT_ONCE).removed()).isEmpty();
  }

  @Test
  void removesNothingInADryRun() throws IOException {
    make.offer(make.image(10), "app:1.0");
    Descriptor spare = make.layer(70);
    write();
    Path dead = deadStaging();
    Set<Path> before = files();

    PruneReport report = prune(new PruneOptions(Duration.ZERO, true));

    assertThat(report.removed()).containsExactly(new StoredBlob(spare.digest(), 70));
    assertThat(report.litter()).containsExactly(String.valueOf(dead.getFileName()));
    assertThat(files()).isEqualTo(before);
  }

  @Test
  void refusesADryRunWhileAnExportIsAtWork() throws IOException {
    write();
    try (ImageDriver driver = driver()) {
      driver.init(InitOptions.of(Index.of(List.of()), List.of()));
      assertRefused(
          Kind.TARGET_FAILED,
          () -> prune(new PruneOptions(Duration.ZERO, true)),
          "an export is at work");
    }
  }

  @Test
  void leavesABlobAloneThatIsWrittenAgainMeanwhile() throws IOException {
    Descriptor again = make.layer(70);
    Descriptor gone = make.layer(80);
    write();
    Instant now = Instant.now();
    UnneededBlobs blobs = UnneededBlobs.of(root(), Set.of(), now);
    assertThat(blobs.old()).hasSize(2);
    Files.setLastModifiedTime(file(again), FileTime.from(now.plusSeconds(1)));
    Files.delete(file(gone));

    blobs.remove();

    assertThat(file(again)).exists();
    assertThat(blobs.young()).containsExactly(new StoredBlob(again.digest(), 70));
    assertThat(blobs.old()).containsExactly(new StoredBlob(gone.digest(), 80));
  }

  /** As build caches do it. */
  @Test
  void keepsLayersThatAnIndexLists() throws IOException {
    Descriptor layer = make.layer(ImageDocument.MAX_BYTES + 1);
    make.offer(make.index(layer), "cache:1.0");
    write();
    assertThat(prune(AT_ONCE).removed()).isEmpty();
    assertThat(file(layer)).exists();
  }

  @Test
  void leavesYoungBlobsAlone() throws IOException {
    make.offer(make.image(10), "app:1.0");
    Descriptor young = make.layer(70);
    Descriptor old = make.layer(80);
    write();
    Instant now = Instant.now();
    Files.setLastModifiedTime(file(young), FileTime.from(now.minus(Duration.ofMinutes(58))));
    Files.setLastModifiedTime(file(old), FileTime.from(now.minus(Duration.ofMinutes(62))));

    PruneReport report = prune(PruneOptions.DEFAULT);

    assertThat(report.removed()).containsExactly(new StoredBlob(old.digest(), 80));
    assertThat(report.young()).containsExactly(new StoredBlob(young.digest(), 70));
    assertThat(file(young)).exists();
  }

  @Test
  void leavesAloneAndTellsWhatIsNoBlob() throws IOException {
    make.offer(make.image(10), "app:1.0");
    write();
    Path blobs = root().resolve("blobs");
    Files.writeString(blobs.resolve("sha256/" + "a".repeat(64) + "123"), "crane's");
    Files.writeString(blobs.resolve("readme"), "mine");
    Files.createDirectories(blobs.resolve("blake3"));
    Files.writeString(blobs.resolve("blake3/" + "b".repeat(64)), "unknown");
    Files.createSymbolicLink(blobs.resolve("sha256/" + "c".repeat(64)), Path.of("/dev/null"));
    Files.createDirectory(blobs.resolve("sha256/" + "d".repeat(64)));

    PruneReport report = prune(AT_ONCE);

    assertThat(report.removed()).isEmpty();
    assertThat(report.foreign())
        .containsExactly(
            "blobs/blake3",
            "blobs/readme",
            "blobs/sha256/" + "a".repeat(64) + "123",
            "blobs/sha256/" + "c".repeat(64),
            "blobs/sha256/" + "d".repeat(64));
    for (String path : report.foreign()) {
      assertThat(Files.exists(root().resolve(path))).as(path).isTrue();
    }
  }

  @Test
  void removesNothingWhenAManifestIsNotWhatItShouldBe() throws IOException {
    Descriptor image = make.image(10);
    Descriptor index = make.offer(make.index(image), "app:1.0");
    Descriptor spare = make.layer(70);
    write();
    for (Descriptor document : List.of(image, index)) {
      byte[] sound = Files.readAllBytes(file(document));
      byte[] altered = sound.clone();
      altered[sound.length / 2] ^= 1;
      Files.write(file(document), altered);
      assertRefused(Kind.CONTENT_MISMATCH, () -> prune(AT_ONCE), document.digest().toString());
      Files.delete(file(document));
      Files.createDirectory(file(document));
      assertRefused(Kind.SOURCE_FAILED, () -> prune(AT_ONCE), document.digest().encoded());
      Files.delete(file(document));
      Files.write(file(document), sound);
    }
    Descriptor broken = make.offer(make.blob(MediaTypes.OCI_MANIFEST, "{}"));
    write();
    assertRefused(Kind.INVALID_IMAGE, () -> prune(AT_ONCE), broken.digest().toString());
    Files.writeString(root().resolve("index.json"), "[]");
    assertRefused(Kind.INVALID_IMAGE, () -> prune(AT_ONCE), "index.json");
    Files.delete(root().resolve("index.json"));
    assertRefused(Kind.NOT_FOUND, () -> prune(AT_ONCE), "index.json");
    assertThat(file(spare)).exists();
  }

  @Test
  void removesNothingWhenAnEntryHasNoBlob() throws IOException {
    Descriptor image = make.offer(make.image(10), "app:1.0");
    Descriptor spare = make.layer(70);
    write();
    Files.delete(file(image));

    assertRefused(Kind.NOT_FOUND, () -> prune(AT_ONCE), image.digest().toString());
    assertThat(file(spare)).exists();
  }

  /** As an export of one platform leaves it, for the index travels whole. */
  @Test
  void prunesALayoutThatHasSomePlatformsOfAnImage() throws IOException {
    Descriptor index =
        make.multiPlatform(List.of(Platform.parse("linux/amd64"), Platform.parse("linux/arm64")));
    make.offer(index, "app:1.0");
    ExportRequest one =
        ExportRequest.everything().platforms(List.of(Platform.parse("linux/arm64")));
    export(ExportPlan.of(store, one));
    Path spare = Files.writeString(file(make.layer(70)), "x");

    PruneReport report = prune(AT_ONCE);

    assertThat(report.removed()).hasSize(1);
    assertThat(report.kept()).isEqualTo(5);
    assertThat(spare).doesNotExist();
  }

  @Test
  void keepsWhatAManifestBelowAnEntryOfAnUnknownTypeNeeds() throws IOException {
    Descriptor image = make.image(10, 20);
    make.offer(
        make.blob(
            "application/vnd.example.index+json",
            "{\"images\":[%s]}".formatted(ImageFactory.json(image))));
    write();
    assertThat(prune(AT_ONCE).removed()).isEmpty();
  }

  @Test
  void prunesNoBlobsOfAnotherLayout() throws IOException {
    make.offer(make.image(10), "app:1.0");
    write();
    Path other = folder.resolve("other");
    Files.move(root().resolve("blobs"), other);
    Files.createSymbolicLink(root().resolve("blobs"), other);
    Files.writeString(other.resolve("sha256/" + "b".repeat(64)), "of another layout");
    assertRefused(Kind.TARGET_FAILED, () -> prune(AT_ONCE), "a link");
    assertThat(other.resolve("sha256/" + "b".repeat(64))).exists();
  }

  @Test
  void keepsWhatAnEntryOfAnUnknownTypeMentions() throws IOException {
    Descriptor layer = make.layer(70);
    Descriptor spare = make.layer(80);
    make.offer(
        make.blob(
            "application/vnd.oci.artifact.manifest.v1+json",
            "{\"blobs\":[%s]}".formatted(ImageFactory.json(layer))));
    write();

    assertThat(prune(AT_ONCE).removed())
        .extracting(StoredBlob::digest)
        .containsExactly(spare.digest());
  }

  @Test
  void removesWhatKilledExportsLeft() throws IOException {
    make.offer(make.image(10), "app:1.0");
    write();
    Path dead = deadStaging();
    Path notes = Files.createDirectory(root().resolve(".gantry-notes"));

    PruneReport report = prune(AT_ONCE);

    assertThat(report.litter()).containsExactly(String.valueOf(dead.getFileName()));
    assertThat(dead).doesNotExist();
    assertThat(notes).exists();
  }

  @Test
  void refusesWhileAnExportIsAtWork() throws IOException {
    make.offer(make.image(10), "app:1.0");
    Descriptor spare = make.layer(70);
    write();
    try (ImageDriver driver = driver()) {
      driver.init(InitOptions.of(Index.of(List.of()), List.of(spare)));
      assertRefused(Kind.TARGET_FAILED, () -> prune(AT_ONCE), "an export is at work");
      assertThat(file(spare)).exists();
      assertThat(driver.contains(spare)).isTrue();
    }
    assertThat(prune(AT_ONCE).removed()).hasSize(1);
  }

  @Test
  void holdsUpAnExportUntilItIsDone() throws Exception {
    make.offer(make.image(10), "app:1.0");
    write();
    prune(AT_ONCE);
    ExecutorService threads = Executors.newSingleThreadExecutor();
    Future<?> begun;
    try (PruneLock pruning = PruneLock.begin(root(), false);
        ImageDriver driver = driver()) {
      begun =
          threads.submit(
              () -> {
                driver.init(InitOptions.of(Index.of(List.of()), List.of()));
                return null;
              });
      // It has announced itself, and yet has not begun: that order is what the proof needs.
      while (StagingFolder.all(root()).isEmpty() && !begun.isDone()) {
        Thread.onSpinWait();
      }
      assertThatThrownBy(() -> begun.get(300, MILLISECONDS)).isInstanceOf(TimeoutException.class);
      pruning.close();
      begun.get();
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void leavesNoLockInALayoutThatNobodyPrunes() throws IOException {
    export("app:1.0", 10);
    assertThat(root().resolve(".gantry-prune.lock")).doesNotExist();
    prune(AT_ONCE);
    export("app:2.0", 20);
    assertThat(root().resolve(".gantry-prune.lock")).exists();
  }

  @Test
  void opensNothingButALayout() {
    assertRefused(Kind.NOT_FOUND, this::open, "no such folder");
  }

  private static void assertRefused(Kind kind, ThrowingCallable call, String... parts) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(GantryException.class, e -> assertThat(e.kind()).isEqualTo(kind))
        .hasMessageContainingAll(parts);
  }

  private Path root() {
    return folder.resolve("layout");
  }

  private Path file(Descriptor blob) {
    return root().resolve(OciLayout.name(blob.digest()));
  }

  private Set<Path> files() throws IOException {
    try (Stream<Path> files = Files.walk(root())) {
      return files.collect(Collectors.toSet());
    }
  }

  private void write() throws IOException {
    OciLayout.write(OciLayout.files(store), root());
  }

  private Path deadStaging() throws IOException {
    Path dead = Files.createDirectories(root().resolve(".gantry-00000000deadbeef"));
    Files.writeString(dead.resolve("lock"), "");
    Files.writeString(dead.resolve("1"), "half a blob");
    return dead;
  }

  private List<String> names() throws IOException {
    return ReadBack.ofLayout(root()).index().orElseThrow().manifests().stream()
        .map(entry -> requireNonNull(entry.annotations().get(Annotations.IMAGE_NAME)))
        .toList();
  }

  /** Everything that the entries lead to is there, found by other code than the one that prunes. */
  private void assertSound() throws IOException {
    InMemoryStore kept = new InMemoryStore();
    ReadBack layout = ReadBack.ofLayout(root());
    layout.index().orElseThrow().manifests().forEach(kept::offer);
    for (Digest digest : layout.digests()) {
      kept.put(digest, layout.blob(digest).orElseThrow());
    }
    assertThat(ExportPlan.of(kept, ExportRequest.everything()).blobs())
        .hasSize(layout.digests().size());
  }

  private List<Descriptor> remove(String... names) throws IOException {
    return remove(new Removal(List.of(names), List.of()));
  }

  private List<Descriptor> remove(Removal removal) throws IOException {
    try (Layout layout = open()) {
      return layout.remove(removal);
    }
  }

  private PruneReport prune(PruneOptions options) throws IOException {
    try (Layout layout = open()) {
      return layout.prune(options);
    }
  }

  private Layout open() throws IOException {
    return provider.openLayout(location(), options());
  }

  private ImageDriver driver() throws IOException {
    return provider.open(location(), options());
  }

  private Location location() throws IOException {
    return Location.parse("dir:" + root());
  }

  private Options options() throws IOException {
    return Options.parse("dir", provider.options(), Map.of());
  }

  private void export(String name, int size) throws IOException {
    InMemoryStore own = new InMemoryStore();
    ImageFactory makeOwn = ImageFactory.into(own, size);
    makeOwn.offer(makeOwn.image(size), name);
    try (ImageDriver driver = driver()) {
      new Exporter(own, driver).export(ExportPlan.of(own, ExportRequest.everything()), false);
    }
  }

  private void export(ExportPlan plan) throws IOException {
    try (ImageDriver driver = driver()) {
      new Exporter(store, driver).export(plan, false);
    }
  }
}
