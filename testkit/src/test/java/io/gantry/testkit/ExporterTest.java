package io.gantry.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import io.gantry.api.GantryException;
import io.gantry.api.GantryException.Kind;
import io.gantry.api.content.ContentStore;
import io.gantry.api.driver.ImageDriver;
import io.gantry.api.export.ExportListener;
import io.gantry.api.export.ExportPlan;
import io.gantry.api.export.ExportRequest;
import io.gantry.api.export.ExportResult;
import io.gantry.api.export.Exporter;
import io.gantry.api.oci.Descriptor;
import io.gantry.api.oci.Digest;
import io.gantry.api.oci.DigestAlgorithm;
import io.gantry.api.oci.Index;
import io.gantry.api.provider.Location;
import io.gantry.testkit.FaultyDriver.Call;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileLockInterruptionException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The verified export: what it promises to users, and what it promises to drivers. */
@Timeout(60)
class ExporterTest {
  private static final int BUFFER = 256 * 1024;

  /** So many bytes that the blob is hashed on a thread of its own. */
  private static final int LARGE = 13 * BUFFER + 5;

  private final InMemoryStore store = new InMemoryStore();
  private final ImageFactory make = ImageFactory.into(store, 19);
  private final InMemoryPlace place = new InMemoryPlaces().at(location());

  private static Location location() {
    try {
      return Location.parse("memory:place");
    } catch (GantryException e) {
      throw new AssertionError(e);
    }
  }

  private ExportPlan plan() throws GantryException {
    return ExportPlan.of(store, ExportRequest.everything());
  }

  private ExportResult export(ContentStore source, ImageDriver driver) throws IOException {
    return export(source, driver, 1);
  }

  private ExportResult export(ContentStore source, ImageDriver driver, int threads)
      throws IOException {
    ExportPlan plan = plan();
    try (driver) {
      return new Exporter(source, driver).parallel(threads).export(plan, false);
    }
  }

  private GantryException refused(ContentStore source, ImageDriver driver) {
    return assertThrows(GantryException.class, () -> export(source, driver));
  }

  private void assertPublished() throws GantryException {
    InMemoryStore published = place.published().orElseThrow();
    assertThat(published.roots()).isEqualTo(store.roots());
    ExportPlan plan = plan();
    assertThat(published.digests())
        .containsExactlyElementsOf(plan.blobs().stream().map(Descriptor::digest).toList());
    for (Digest digest : published.digests()) {
      assertThat(published.content(digest)).hasValue(store.content(digest).orElseThrow());
    }
  }

  private void assertNothingLeft() {
    assertThat(place.published()).as("what is published").isEmpty();
    assertThat(place.staged()).as("what is left behind").isEmpty();
  }

  static LongStream seeds() {
    return LongStream.concat(
        LongStream.rangeClosed(1, 30), LongStream.of(ThreadLocalRandom.current().nextLong()));
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void movesImagesOfAnyShape(long seed) throws IOException {
    ImageFactory random = ImageFactory.into(store, seed);
    random.offer(random.anything(), "one");
    random.offer(random.anything(), "two");
    int threads = 1 + new Random(seed).nextInt(5);
    ProtocolDriver driver = new ProtocolDriver(new InMemoryDriver(place), threads);
    ExportResult result = export(store, driver, 4);
    driver.assertKept();
    assertPublished();
    assertThat(result.written()).isEqualTo(result.plan().blobs());
    assertThat(result.reused()).isEmpty();
    assertThat(result.bytesWritten()).isEqualTo(result.plan().totalBytes());
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void keepsItsPromisesToTheDriverWhateverFails(long seed) throws IOException {
    Random random = new Random(seed);
    ImageFactory images = ImageFactory.into(store, seed);
    images.offer(images.anything());
    List<Descriptor> blobs = plan().blobs();
    List<Call> calls = new ArrayList<>(EnumSet.complementOf(EnumSet.of(Call.CLOSE)));
    Call call = calls.get(random.nextInt(calls.size()));
    ProtocolDriver driver =
        new ProtocolDriver(
            new FaultyDriver(new InMemoryDriver(place), call, 1 + random.nextInt(blobs.size())),
            1 + random.nextInt(3));
    Digest unlucky = blobs.get(random.nextInt(blobs.size())).digest();
    BlobFault fault =
        List.of(BlobFault.failsToOpen(), BlobFault.failsAtRead(1), BlobFault.flipsBitAt(0))
            .get(random.nextInt(3));
    ContentStore source = random.nextBoolean() ? store : new FaultyStore(store, unlucky, fault);

    Throwable thrown = catchThrowable(() -> export(source, driver, 2 + random.nextInt(3)));

    driver.assertKept();
    assertThat(driver.calls()).last().isEqualTo("close");
    if (thrown == null) {
      assertPublished();
    } else {
      assertThat(thrown).isInstanceOf(GantryException.class);
      assertNothingLeft();
    }
  }

  @Test
  void goesThroughTheStepsInTheirOrder() throws IOException {
    make.offer(make.image(10));
    ProtocolDriver driver = new ProtocolDriver(new InMemoryDriver(place), 1);
    export(store, driver);
    List<String> blob = List.of("contains", "blobWriter", "commit", "closeWriter");
    assertThat(driver.calls())
        .containsExactlyElementsOf(
            Stream.of(List.of("init"), blob, blob, blob, List.of("writeIndex", "close"))
                .flatMap(List::stream)
                .toList());
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, BUFFER - 1, BUFFER, BUFFER + 1, 3 * BUFFER + 7})
  void movesBlobsOfAnySize(int size) throws IOException {
    make.offer(make.image(size));
    make.offer(make.digestedBy(DigestAlgorithm.SHA512).image(size));
    export(store, new InMemoryDriver(place));
    assertPublished();
  }

  @ParameterizedTest
  @ValueSource(ints = {8 * BUFFER - 1, 8 * BUFFER, 8 * BUFFER + 1, LARGE})
  void hashesALargeBlobWhileItIsMoved(int size) throws IOException {
    make.offer(make.image(size, 1, size));
    make.offer(make.digestedBy(DigestAlgorithm.SHA512).image(size));
    export(store, new InMemoryDriver(place), 2);
    assertPublished();
  }

  static Stream<Arguments> faultyBlobs() {
    return faults(300_000);
  }

  static Stream<Arguments> faultyLargeBlobs() {
    return faults(LARGE);
  }

  private static Stream<Arguments> faults(int size) {
    return Stream.of(
        argumentSet("cannot be opened", BlobFault.failsToOpen(), Kind.SOURCE_FAILED),
        argumentSet("breaks at the first read", BlobFault.failsAtRead(1), Kind.SOURCE_FAILED),
        argumentSet("breaks at the second read", BlobFault.failsAtRead(2), Kind.SOURCE_FAILED),
        argumentSet("gives no bytes", BlobFault.readsAtMost(0), Kind.SOURCE_FAILED),
        argumentSet("is too short", BlobFault.hasSize(size - 1), Kind.CONTENT_MISMATCH),
        argumentSet("is too long", BlobFault.hasSize(size + 1), Kind.CONTENT_MISMATCH),
        argumentSet("is empty", BlobFault.hasSize(0), Kind.CONTENT_MISMATCH),
        argumentSet("is endless", BlobFault.hasSize(Long.MAX_VALUE), Kind.CONTENT_MISMATCH),
        argumentSet("shrinks to nothing", BlobFault.shrinksTo(0), Kind.CONTENT_MISMATCH),
        argumentSet("shrinks by a byte", BlobFault.shrinksTo(size - 1), Kind.CONTENT_MISMATCH),
        argumentSet("shrinks to a buffer", BlobFault.shrinksTo(BUFFER), Kind.CONTENT_MISMATCH),
        argumentSet("has a wrong first bit", BlobFault.flipsBitAt(0), Kind.CONTENT_MISMATCH),
        argumentSet("has a wrong last bit", BlobFault.flipsBitAt(size - 1), Kind.CONTENT_MISMATCH));
  }

  @ParameterizedTest
  @MethodSource("faultyBlobs")
  void refusesABlobThat(BlobFault fault, Kind kind) throws IOException {
    for (DigestAlgorithm algorithm : DigestAlgorithm.values()) {
      Descriptor layer = make.digestedBy(algorithm).layer(300_000);
      make.offer(make.image(List.of(make.layer(5), layer, make.layer(6))));
      GantryException refusal =
          refused(new FaultyStore(store, layer.digest(), fault), new InMemoryDriver(place));
      assertThat(refusal.kind()).as(refusal.getMessage()).isEqualTo(kind);
      assertThat(refusal).hasMessageContaining(layer.digest().toString());
      assertThat(refusal.getMessage()).hasLineCount(1);
      assertNothingLeft();
    }
  }

  @ParameterizedTest
  @MethodSource("faultyLargeBlobs")
  void refusesALargeBlobThat(BlobFault fault, Kind kind) throws IOException {
    Descriptor layer = make.layer(LARGE);
    make.offer(make.image(List.of(layer)));
    GantryException refusal =
        assertThrows(
            GantryException.class,
            () ->
                export(
                    new FaultyStore(store, layer.digest(), fault), new InMemoryDriver(place), 2));
    assertThat(refusal.kind()).as(refusal.getMessage()).isEqualTo(kind);
    assertThat(refusal).hasMessageContaining(layer.digest().toString());
    assertNothingLeft();
    assertThat(Thread.getAllStackTraces().keySet())
        .extracting(Thread::getName)
        .doesNotContain("gantry-hash");
  }

  @Test
  void refusesABlobThatIsGoneSinceThePlanWasMade() throws IOException {
    Descriptor layer = make.layer(50);
    make.offer(make.image(List.of(layer)));
    ExportPlan plan = plan();
    store.remove(layer.digest());
    try (ImageDriver driver = new InMemoryDriver(place)) {
      GantryException refusal =
          assertThrows(
              GantryException.class, () -> new Exporter(store, driver).export(plan, false));
      assertThat(refusal.kind()).isEqualTo(Kind.NOT_FOUND);
      assertThat(refusal).hasMessageContaining(layer.digest().toString());
    }
    assertNothingLeft();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 7, 1000})
  void readsOnWhenTheSourceGivesLittle(int most) throws IOException {
    make.offer(make.image(0, 1, 5000));
    export(new FaultyStore(store, BlobFault.readsAtMost(most)), new InMemoryDriver(place));
    assertPublished();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 7, 1000})
  void writesOnWhenTheDriverTakesLittle(int most) throws IOException {
    make.offer(make.image(0, 1, 5000));
    export(store, FaultyDriver.takingAtMost(most, new InMemoryDriver(place)));
    assertPublished();
  }

  @Test
  void givesUpOnADriverThatTakesNothing() {
    make.offer(make.image(10));
    GantryException refusal =
        refused(store, FaultyDriver.takingAtMost(0, new InMemoryDriver(place)));
    assertThat(refusal.kind()).isEqualTo(Kind.TARGET_FAILED);
    assertNothingLeft();
  }

  @ParameterizedTest
  @EnumSource(mode = Mode.EXCLUDE, names = "CLOSE")
  void failsWithTheTargetAtAnyCall(Call call) throws IOException {
    make.offer(make.image(10, 20));
    int calls = call == Call.INIT || call == Call.WRITE_INDEX ? 1 : plan().blobs().size();
    for (int n = 1; n <= calls; n++) {
      ProtocolDriver driver =
          new ProtocolDriver(new FaultyDriver(new InMemoryDriver(place), call, n), 1);
      GantryException refusal = refused(store, driver);
      assertThat(refusal.kind()).as(refusal.getMessage()).isEqualTo(Kind.TARGET_FAILED);
      assertThat(refusal)
          .hasMessageContaining("the target broke")
          .hasRootCauseInstanceOf(IOException.class);
      driver.assertKept();
      assertNothingLeft();
    }
  }

  @Test
  void namesTheBlobThatTheTargetFailedAt() throws IOException {
    make.offer(make.image(10, 20));
    Descriptor second = plan().blobs().get(1);
    GantryException refusal =
        refused(store, new FaultyDriver(new InMemoryDriver(place), Call.WRITE, 2));
    assertThat(refusal).hasMessageContaining(second.digest().toString());
  }

  @Test
  void keepsWhatTheDriverSaysOfAnExistingTarget() {
    make.offer(make.image(10));
    GantryException exists = new GantryException(Kind.TARGET_EXISTS, "place exists");
    ImageDriver driver =
        new FaultyDriver(
            new InMemoryDriver(place),
            Call.INIT,
            1,
            () -> {
              throw exists;
            });
    assertThat(refused(store, driver)).isSameAs(exists);
  }

  @Test
  void keepsTheFirstFailureWhenClosingTheWriterFailsToo() {
    make.offer(make.image(10));
    GantryException refusal =
        refused(
            new FaultyStore(store, BlobFault.failsAtRead(1)),
            new FaultyDriver(new InMemoryDriver(place), Call.CLOSE_WRITER, 1));
    assertThat(refusal.kind()).isEqualTo(Kind.SOURCE_FAILED);
    assertThat(refusal.getSuppressed()).isNotEmpty();
  }

  @Test
  void doesNotSendWhatTheTargetContains() throws IOException {
    Descriptor shared = make.layer(100);
    make.offer(make.image(List.of(shared)), "app:1");
    export(store, new InMemoryDriver(place));
    Descriptor top = make.layer(10);
    make.offer(make.image(List.of(shared, top)), "app:2");
    Set<Descriptor> reused = new HashSet<>();
    Set<Descriptor> written = new HashSet<>();
    ExportListener listener =
        new ExportListener() {
          @Override
          public void blobFinished(Descriptor blob, boolean again) {
            (again ? reused : written).add(blob);
          }
        };
    ExportResult result;
    try (ImageDriver driver = new InMemoryDriver(place)) {
      result = new Exporter(store, driver, listener).export(plan(), false);
    }
    assertThat(result.reused())
        .hasSize(3)
        .containsExactlyInAnyOrderElementsOf(reused)
        .contains(shared);
    assertThat(result.written())
        .hasSize(3)
        .containsExactlyInAnyOrderElementsOf(written)
        .contains(top);
    assertThat(result.bytesWritten()).isEqualTo(written.stream().mapToLong(Descriptor::size).sum());
  }

  @Test
  void tellsOfItsProgress() throws IOException {
    make.offer(make.image(0, 3 * BUFFER + 1));
    List<String> events = new ArrayList<>();
    List<Integer> counts = new ArrayList<>();
    ExportListener listener =
        new ExportListener() {
          @Override
          public void started(ExportPlan plan) {
            events.add("started");
          }

          @Override
          public void bytesWritten(Descriptor blob, int count) {
            counts.add(count);
          }

          @Override
          public void blobFinished(Descriptor blob, boolean reused) {
            events.add(blob.digest().toString());
          }
        };
    ExportPlan plan = plan();
    try (ImageDriver driver = new InMemoryDriver(place)) {
      new Exporter(store, driver, listener).parallel(1).export(plan, false);
    }
    List<String> expected = new ArrayList<>(List.of("started"));
    plan.blobs().forEach(blob -> expected.add(blob.digest().toString()));
    assertThat(events).isEqualTo(expected);
    assertThat(counts.stream().mapToLong(count -> count).sum()).isEqualTo(plan.totalBytes());
    assertThat(counts).allSatisfy(count -> assertThat(count).isBetween(1, BUFFER));
  }

  @ParameterizedTest
  @CsvSource({"false, 2", "true, 1"})
  void passesOnWhetherToOverwrite(boolean overwrite, int entries) throws IOException {
    make.offer(make.image(10), "app:1");
    export(store, new InMemoryDriver(place));
    InMemoryStore other = new InMemoryStore();
    ImageFactory second = ImageFactory.into(other, 20);
    second.offer(second.image(10), "app:2");
    ExportPlan plan = ExportPlan.of(other, ExportRequest.everything());
    try (ImageDriver driver = new InMemoryDriver(place)) {
      new Exporter(other, driver).export(plan, overwrite);
    }
    assertThat(place.published().orElseThrow().roots()).hasSize(entries);
  }

  @Test
  void stopsAReadThatIsInterrupted() throws Exception {
    make.offer(make.image(10, 20));
    CountDownLatch reached = new CountDownLatch(1);
    AtomicReference<Throwable> thrown = new AtomicReference<>();
    ContentStore blocked = new FaultyStore(store, BlobFault.blocks(reached));
    Thread exporting =
        new Thread(
            () -> thrown.set(catchThrowable(() -> export(blocked, new InMemoryDriver(place)))));
    exporting.start();
    reached.await();
    exporting.interrupt();
    assertTimeoutPreemptively(Duration.ofSeconds(20), () -> exporting.join());
    assertThat(thrown.get())
        .isInstanceOfSatisfying(
            GantryException.class, e -> assertThat(e.kind()).isEqualTo(Kind.INTERRUPTED));
    assertNothingLeft();
  }

  @Test
  void doesNotPublishWhenItIsInterruptedDuringTheLastBlob() throws IOException {
    make.offer(make.image(10));
    ExportPlan plan = plan();
    ExportListener interrupting =
        new ExportListener() {
          @Override
          public void blobFinished(Descriptor blob, boolean reused) {
            if (blob.equals(plan.blobs().get(plan.blobs().size() - 1))) {
              Thread.currentThread().interrupt();
            }
          }
        };
    try (ImageDriver driver = new InMemoryDriver(place)) {
      Exporter exporter = new Exporter(store, driver, interrupting);
      GantryException refusal =
          assertThrows(GantryException.class, () -> exporter.export(plan, false));
      assertThat(refusal.kind()).isEqualTo(Kind.INTERRUPTED);
    } finally {
      // What the test has set must not reach the next.
      Thread.interrupted();
    }
    assertNothingLeft();
  }

  static Stream<IOException> interruptions() {
    return Stream.of(
        new ClosedByInterruptException(),
        new InterruptedIOException("interrupted"),
        new FileLockInterruptionException());
  }

  @ParameterizedTest
  @MethodSource("interruptions")
  void tellsAnInterruptFromAFailure(IOException interruption) {
    make.offer(make.image(10));
    ImageDriver target =
        new FaultyDriver(
            new InMemoryDriver(place),
            Call.WRITE,
            1,
            () -> {
              throw interruption;
            });
    assertThat(refused(store, target).kind()).isEqualTo(Kind.INTERRUPTED);
    BlobFault fault =
        reader -> {
          reader.close();
          throw interruption;
        };
    assertThat(refused(new FaultyStore(store, fault), new InMemoryDriver(place)).kind())
        .isEqualTo(Kind.INTERRUPTED);
  }

  @Test
  void doesNotStartWhenItIsInterrupted() throws IOException {
    make.offer(make.image(10));
    ExportPlan plan = plan();
    ProtocolDriver driver = new ProtocolDriver(new InMemoryDriver(place), 1);
    Thread.currentThread().interrupt();
    GantryException refusal;
    try (driver) {
      refusal =
          assertThrows(
              GantryException.class, () -> new Exporter(store, driver).export(plan, false));
    } finally {
      // What the test has set must not reach the next.
      assertThat(Thread.interrupted()).as("the interrupt is still there").isTrue();
    }
    assertThat(refusal.kind()).isEqualTo(Kind.INTERRUPTED);
    assertThat(driver.calls()).doesNotContain("blobWriter", "writeIndex");
    assertNothingLeft();
  }

  @Test
  void publishesAnIndexOfNothing() throws IOException {
    ExportPlan nothing =
        new ExportPlan(Index.of(List.of()), List.of(), List.of(), List.of(), List.of(), List.of());
    try (ImageDriver driver = new InMemoryDriver(place)) {
      new Exporter(store, driver).export(nothing, false);
    }
    assertThat(place.published().orElseThrow().roots()).isEmpty();
  }
}
