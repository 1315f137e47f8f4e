package io.gantry.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.gantry.api.GantryException;
import io.gantry.api.GantryException.Kind;
import io.gantry.api.content.ContentStore;
import io.gantry.api.driver.BlobWriter;
import io.gantry.api.driver.ImageDriver;
import io.gantry.api.export.ExportListener;
import io.gantry.api.export.Exporter;
import io.gantry.api.oci.Descriptor;
import io.gantry.api.oci.Digest;
import io.gantry.api.oci.Index;
import io.gantry.api.provider.Location;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * The rules that every driver keeps, as tests whose names begin with the number of the rule. A
 * driver's own test extends this class and says how to make a target and how to read one:
 *
 * <pre>{@code
 * class ZipDriverTest extends ImageDriverContract {
 *   protected ImageDriverProvider provider() {
 *     return new ZipDriverProvider();
 *   }
 *
 *   protected Location newTarget(Path folder) throws IOException {
 *     return Location.parse("zip:" + folder.resolve("image.zip"));
 *   }
 *
 *   protected ReadBack readBack(Location target) throws IOException {
 *     return ReadBack.ofLayout(unzip(target.asPath()));
 *   }
 * }
 * }</pre>
 *
 * <p>What a driver cannot do it says by its own answers, or by leaving a hook alone; the tests of
 * it then show as skipped.
 *
 * <table>
 * <caption>The rules</caption>
 * <tr><th>L1</th><td>The provider is found by {@code ServiceLoader}, and works in a class loader of
 *   its own that shares nothing but {@code io.gantry.api} with the host.</td></tr>
 * <tr><th>L2</th><td>The services file says what the module descriptor's {@code provides} says, if
 *   there is a descriptor.</td></tr>
 * <tr><th>L3</th><td>The provider's constructor, scheme, aliases and options do no work, and answer
 *   the same each time.</td></tr>
 * <tr><th>L4</th><td>{@code spiVersion()} is {@code SPI_VERSION}.</td></tr>
 * <tr><th>L5</th><td>The driver works when the context class loader is null or foreign, and leaves
 *   it alone.</td></tr>
 * <tr><th>O1</th><td>Every declared option has help and a name of its own.</td></tr>
 * <tr><th>O2</th><td>An undeclared option and a bad value are refused by name (kept by {@code
 *   Options}).</td></tr>
 * <tr><th>O4</th><td>The driver works with the defaults of all options.</td></tr>
 * <tr><th>I1</th><td>{@code open} leaves the target as it is, and closing straight away
 *   too.</td></tr>
 * <tr><th>I3</th><td>An existing target is refused, unharmed, or added to; with overwrite it is
 *   replaced.</td></tr>
 * <tr><th>I4</th><td>A target that cannot be written is an {@code IOException} that names
 *   it.</td></tr>
 * <tr><th>B1</th><td>The bytes that are read back are the bytes that were written, in whatever
 *   pieces.</td></tr>
 * <tr><th>B2</th><td>A blob may be empty.</td></tr>
 * <tr><th>B3</th><td>A blob may have any size: one byte, and one more or less than any
 *   buffer.</td></tr>
 * <tr><th>B4</th><td>A blob may have a sha512 digest.</td></tr>
 * <tr><th>B5</th><td>A commit of the wrong size or digest is refused, or at least publishes
 *   nothing.</td></tr>
 * <tr><th>B6</th><td>A writer that is closed without commit leaves nothing.</td></tr>
 * <tr><th>B7</th><td>A writer may be closed twice; after commit that changes nothing.</td></tr>
 * <tr><th>B10</th><td>Every kind of buffer is consumed from its position to its limit.</td></tr>
 * <tr><th>B11</th><td>A driver contains what needs not be sent, and nothing else: no blob that is
 *   absent or damaged.</td></tr>
 * <tr><th>X1</th><td>Nothing changes for a reader before {@code writeIndex}, nor by {@code close}
 *   without it.</td></tr>
 * <tr><th>X2</th><td>When {@code writeIndex} returns, a fresh reader finds exactly the index and
 *   its blobs; {@code close} changes nothing, also when called again.</td></tr>
 * <tr><th>X4</th><td>A carrier that is added to keeps other entries and replaces those of the same
 *   name, also when two exports run side by side.</td></tr>
 * <tr><th>X5</th><td>The result is a valid OCI image layout, if it is one.</td></tr>
 * <tr><th>X6</th><td>The same plan gives the same bytes, if the carrier is a byte
 *   stream.</td></tr>
 * <tr><th>F1</th><td>A source that fails midway leaves the old state.</td></tr>
 * <tr><th>F2</th><td>A carrier that fails at any write leaves the old state, and the error names
 *   it.</td></tr>
 * <tr><th>F3</th><td>An interrupt stops the export and leaves the old state, also with several
 *   writers open.</td></tr>
 * <tr><th>F4</th><td>What an abandoned run left does not disturb the next, nor does its late
 *   end.</td></tr>
 * <tr><th>F5</th><td>After {@code close} nothing is left that was not published; checked after
 *   every test.</td></tr>
 * <tr><th>P1</th><td>{@code openLayout} of a target where nothing is, is {@code
 *   NOT_FOUND}.</td></tr>
 * <tr><th>P2</th><td>{@code remove} takes the entries that it is asked for out of the index, tells
 *   which, and touches nothing else.</td></tr>
 * <tr><th>P3</th><td>{@code remove} takes all that it is asked for, or nothing.</td></tr>
 * <tr><th>P4</th><td>{@code prune} removes the blobs that no entry leads to, and tells which; they
 *   can be exported again.</td></tr>
 * <tr><th>P5</th><td>A dry run finds the same and changes nothing.</td></tr>
 * <tr><th>P6</th><td>Blobs that are younger than the grace stay, and are told.</td></tr>
 * <tr><th>P7</th><td>If it cannot be known what is needed, no blob is removed.</td></tr>
 * <tr><th>P8</th><td>{@code prune} takes nothing from an export that is at work; it may
 *   refuse.</td></tr>
 * <tr><th>T1</th><td>{@code maxOpenWriters} writers on as many threads give the same result as
 *   one.</td></tr>
 * </table>
 *
 * <p>The missing numbers are promises of the framework: I2 {@code init} comes first and once, B8
 * nothing is written after commit or close, B9 a writer commits once at most, B12 no more writers
 * are open than {@code maxOpenWriters}, opened in the order of the plan by one thread, X3 {@code
 * writeIndex} comes last and once, with every writer closed.
 */
public abstract class ImageDriverContract extends LayoutRules {
  private static final int MOST_THREADS = 8;
  private static final int MOST_CARRIER_WRITES = 10_000;

  /** For the driver's own test. */
  protected ImageDriverContract() {}

  @Test
  final void x1NothingIsVisibleBeforeWriteIndex() throws IOException {
    Location target = target();
    Cargo cargo = Cargo.named("app:1", 700, 1200);
    try (ImageDriver driver = open(target)) {
      driver.init(cargo.init(false));
      assertNothingPublished(target);
      for (Descriptor blob : cargo.blobs()) {
        cargo.write(blob, driver, Cargo::whole);
        assertNothingPublished(target);
      }
    }
    assertNothingPublished(target);
  }

  @Test
  final void x1TheOldStateIsVisibleUntilWriteIndex() throws IOException {
    Location target = target();
    Cargo old = Cargo.named("app:1", 700);
    publish(old, target, false);
    Cargo next = Cargo.named("app:2", 900);
    try (ImageDriver driver = open(target)) {
      driver.init(next.init(true));
      assertPublished(target, old);
      next.writeTo(driver);
      assertPublished(target, old);
    }
    assertPublished(target, old);
    assertBytes(target, old);
  }

  @Test
  final void x2AReaderFindsTheIndexAndItsBlobs() throws IOException {
    Location target = target();
    Cargo cargo = Cargo.named("app:1", 700, 1200);
    ImageDriver driver = open(target);
    try (driver) {
      driver.init(cargo.init(false));
      cargo.writeTo(driver);
      driver.writeIndex(cargo.plan().index());
      assertExactly(target, cargo);
    }
    driver.close();
    assertExactly(target, cargo);
  }

  private void assertExactly(Location target, Cargo cargo) throws IOException {
    assertPublished(target, cargo);
    assertThat(readBack(target).digests())
        .as("blobs in %s", target)
        .containsExactlyInAnyOrderElementsOf(
            cargo.blobs().stream().map(Descriptor::digest).toList());
  }

  @Test
  final void x4AddingKeepsOtherEntries() throws IOException {
    assumeAdds();
    Location target = target();
    Cargo first = Cargo.named("app:1", 700);
    Cargo second = Cargo.named("app:2", 900);
    publish(first, target, false);
    publish(second, target, false);
    Cargo replacement = replacementOf(first);
    publish(replacement, target, false);
    assertEntries(target, replacement, second);
  }

  /** Returns another image of the same name. */
  private static Cargo replacementOf(Cargo cargo) throws IOException {
    Cargo other = Cargo.named("app:other", 1100);
    Map<String, String> name = cargo.plan().index().manifests().get(0).annotations();
    Descriptor entry = other.plan().index().manifests().get(0).withAnnotations(name);
    return other.publishedAs(Index.of(List.of(entry)));
  }

  @Test
  final void x4AddingSideBySideLosesNothing() throws IOException {
    assumeAdds();
    Location target = target();
    Cargo first = Cargo.named("app:1", 700);
    Cargo second = Cargo.named("app:2", 900);
    Cargo third = Cargo.named("app:3", 1100);
    publish(first, target, false);
    try (ImageDriver one = open(target);
        ImageDriver other = open(target)) {
      one.init(second.init(false));
      other.init(third.init(false));
      second.writeTo(one);
      third.writeTo(other);
      one.writeIndex(second.plan().index());
      other.writeIndex(third.plan().index());
    }
    assertEntries(target, first, second, third);
  }

  private void assumeAdds() throws IOException {
    Location target = target();
    publish(Cargo.named("app:1", 700), target, false);
    boolean adds = true;
    try {
      publish(Cargo.named("app:2", 900), target, false);
    } catch (GantryException refused) {
      adds = false;
    }
    assumeTrue(adds, "the driver does not add to a target");
  }

  private void assertEntries(Location target, Cargo... cargoes) throws IOException {
    assertThat(readBack(target).index().orElseThrow().manifests())
        .as("entries of %s", target)
        .containsExactlyInAnyOrderElementsOf(
            Arrays.stream(cargoes)
                .flatMap(cargo -> cargo.plan().index().manifests().stream())
                .toList());
    for (Cargo cargo : cargoes) {
      assertBytes(target, cargo);
    }
  }

  @Test
  final void x5TheResultIsAValidLayout() throws IOException {
    Location target = target();
    publish(Cargo.named("app:1", 700, 1200), target, false);
    ReadBack found = readBack(target);
    assumeTrue(!found.files().isEmpty(), "the carrier holds no OCI image layout");
    assertThat(found.files()).containsKeys("oci-layout", "index.json");
    assertThat(new String(found.files().get("oci-layout"), StandardCharsets.UTF_8).strip())
        .isEqualTo(OciLayout.MARKER);
    for (Digest digest : found.digests()) {
      assertThat(Digest.of(digest.algorithm(), found.blob(digest).orElseThrow()))
          .as("the content of %s", OciLayout.name(digest))
          .isEqualTo(digest);
    }
    assertThat(found.index().orElseThrow().manifests())
        .allSatisfy(
            entry ->
                assertThat(found.blob(entry.digest()))
                    .hasValueSatisfying(bytes -> assertThat(bytes).hasSize((int) entry.size())));
  }

  @Test
  final void x6TheSamePlanGivesTheSameBytes() throws IOException {
    Location target = target();
    Cargo cargo = Cargo.named("app:1", 700, 300_000);
    publish(cargo, target, false);
    Optional<byte[]> expected = rawBytes(target);
    assumeTrue(expected.isPresent(), "the carrier is no byte stream");
    Location again = target();
    Cargo other = cargo.turnedOver();
    publish(other, new FaultyStore(other.store(), BlobFault.readsAtMost(1000)), again, false);
    assertThat(rawBytes(again))
        .hasValueSatisfying(bytes -> assertThat(Arrays.equals(bytes, expected.get())).isTrue());
  }

  private static final Map<String, BlobFault> SOURCE_FAULTS =
      Map.of(
          "fails to open", BlobFault.failsToOpen(),
          "fails at its first read", BlobFault.failsAtRead(1),
          "is cut off", BlobFault.shrinksTo(100),
          "has a wrong bit", BlobFault.flipsBitAt(50));

  @Test
  final void f1AFailingSourceLeavesNothing() throws IOException {
    aFailingSourceLeavesNothing(1);
  }

  @Test
  final void f1AFailingSourceLeavesNothingOfBlobsSideBySide() throws IOException {
    aFailingSourceLeavesNothing(MOST_THREADS);
  }

  private void aFailingSourceLeavesNothing(int threads) throws IOException {
    Cargo cargo = Cargo.named("app:1", 700, 1200);
    for (Map.Entry<String, BlobFault> fault : SOURCE_FAULTS.entrySet()) {
      for (Descriptor blob : cargo.blobs()) {
        Location target = target();
        ContentStore source = new FaultyStore(cargo.store(), blob.digest(), fault.getValue());
        assertThatThrownBy(() -> publish(cargo, source, target, false, threads))
            .as("export of a blob that %s", fault.getKey())
            .isInstanceOf(GantryException.class);
        assertNothingPublished(target);
      }
    }
  }

  @Test
  final void f1AFailingSourceLeavesTheOldState() throws IOException {
    Location target = target();
    Cargo old = Cargo.named("app:1", 700);
    publish(old, target, false);
    Cargo next = Cargo.named("app:2", 900, 1200);
    for (Descriptor blob : next.blobs()) {
      ContentStore source = new FaultyStore(next.store(), blob.digest(), BlobFault.failsAtRead(1));
      assertThatThrownBy(() -> publish(next, source, target, true))
          .isInstanceOf(GantryException.class);
      assertPublished(target, old);
      assertBytes(target, old);
    }
  }

  @Test
  final void f2AFailingCarrierLeavesTheOldStateAndIsNamed() throws IOException {
    Location target = target();
    Cargo old = Cargo.named("app:1", 700);
    publish(old, target, false);
    Optional<CarrierFault> fault = carrierFault(target);
    assumeTrue(fault.isPresent(), "the kit was given no way to break the carrier");
    Cargo next = Cargo.named("app:2", 900, 1200);
    for (int n = 1; n <= MOST_CARRIER_WRITES; n++) {
      fault.get().failAtWrite(n);
      try {
        publish(next, target, true);
        break;
      } catch (IOException e) {
        fault.get().heal();
        assertThat(e).as("the failure of write %d", n).hasMessageContaining(nameOf(target));
        assertPublished(target, old);
        assertBytes(target, old);
      }
    }
    fault.get().heal();
    assertPublished(target, next);
    assertBytes(target, next);
  }

  @Test
  final void f2AFailingCarrierLeavesTheOldStateAlsoSideBySide() throws IOException {
    Location target = target();
    Cargo old = Cargo.named("app:1", 700);
    publish(old, target, false);
    Optional<CarrierFault> fault = carrierFault(target);
    assumeTrue(fault.isPresent(), "the kit was given no way to break the carrier");
    Cargo next = Cargo.named("app:2", 900, 1200);
    boolean failed = true;
    for (int n = 1; failed && n <= MOST_CARRIER_WRITES; n++) {
      failed = false;
      fault.get().failAtWrite(n);
      try {
        publish(next, next.store(), target, true, MOST_THREADS);
      } catch (IOException e) {
        failed = true;
        fault.get().heal();
        assertThat(e).as("the failure of write %d", n).hasMessageContaining(nameOf(target));
        assertPublished(target, old);
        assertBytes(target, old);
      }
    }
    fault.get().heal();
  }

  @Test
  final void f3AnInterruptStopsTheExport() throws IOException {
    Location target = target();
    Cargo old = Cargo.named("app:1", 700);
    publish(old, target, false);
    Cargo next = Cargo.named("app:2", 900, 1200, 1500);
    List<Descriptor> finished = new ArrayList<>();
    ExportListener interrupting =
        new ExportListener() {
          @Override
          public void bytesWritten(Descriptor blob, int count) {
            Thread.currentThread().interrupt();
          }

          @Override
          public void blobFinished(Descriptor blob, boolean reused) {
            finished.add(blob);
          }
        };
    try (ImageDriver driver = open(target)) {
      assertThatThrownBy(
              () ->
                  new Exporter(next.store(), driver, interrupting)
                      .parallel(1)
                      .export(next.plan(), true))
          .isInstanceOfSatisfying(
              GantryException.class, e -> assertThat(e.kind()).isEqualTo(Kind.INTERRUPTED));
    } finally {
      // The interrupt was meant for the export and must not reach what follows.
      Thread.interrupted();
    }
    assertThat(finished).as("blobs finished after the interrupt").hasSizeLessThanOrEqualTo(1);
    assertPublished(target, old);
    assertBytes(target, old);
  }

  @Test
  final void f3AnInterruptStopsBlobsSideBySide() throws IOException {
    Location target = target();
    Cargo old = Cargo.named("app:1", 700);
    publish(old, target, false);
    Cargo next = Cargo.named("app:2", 900, 1200, 1500);
    // The first blob never ends; the end of any other is when the interrupt comes.
    Digest endless = next.blobs().get(0).digest();
    ContentStore source =
        new FaultyStore(next.store(), endless, BlobFault.blocks(new CountDownLatch(1)));
    Thread caller = Thread.currentThread();
    ExportListener interrupting =
        new ExportListener() {
          @Override
          public void blobFinished(Descriptor blob, boolean reused) {
            caller.interrupt();
          }
        };
    try (ImageDriver driver = open(target)) {
      assumeTrue(driver.maxOpenWriters() > 1, "the driver takes one writer at a time");
      assertThatThrownBy(
              () ->
                  new Exporter(source, driver, interrupting)
                      .parallel(MOST_THREADS)
                      .export(next.plan(), true))
          .isInstanceOfSatisfying(
              GantryException.class, e -> assertThat(e.kind()).isEqualTo(Kind.INTERRUPTED));
    } finally {
      // The interrupt was meant for the export and must not reach what follows.
      Thread.interrupted();
    }
    assertPublished(target, old);
    assertBytes(target, old);
  }

  @Test
  final void f4AnAbandonedRunDoesNotDisturbTheNext() throws IOException {
    Location target = target();
    Cargo lost = Cargo.named("app:1", 700, 1200);
    ImageDriver abandoned = open(target);
    abandoned.init(lost.init(false));
    lost.write(lost.blobs().get(0), abandoned, Cargo::whole);
    Descriptor half = lost.blobs().get(1);
    BlobWriter writer = abandoned.blobWriter(half);
    Cargo.load(writer, ByteBuffer.wrap(lost.content(half), 0, 100));

    Cargo next = Cargo.named("app:2", 900);
    publish(next, target, true);
    assertPublished(target, next);
    assertBytes(target, next);
    assertThat(readBack(target).digests()).doesNotContain(half.digest());

    writer.close();
    abandoned.close();
    assertPublished(target, next);
    assertBytes(target, next);
  }

  @Test
  final void t1WritersSideBySideGiveTheSameResult() throws Exception {
    Cargo cargo = Cargo.named("app:1", IntStream.range(0, 14).map(i -> 1000 + i).toArray());
    Location expected = target();
    publish(cargo, expected, false);
    Location target = target();
    try (ImageDriver driver = open(target)) {
      int most = Math.min(MOST_THREADS, driver.maxOpenWriters());
      assumeTrue(most > 1, "the driver takes one writer at a time");
      driver.init(cargo.init(false));
      for (int start = 0; start < cargo.blobs().size(); start += most) {
        int end = Math.min(start + most, cargo.blobs().size());
        writeSideBySide(driver, cargo, cargo.blobs().subList(start, end));
      }
      driver.writeIndex(cargo.plan().index());
    }
    assertSame(target, expected, cargo);
  }

  @Test
  final void t1AnExportSideBySideGivesTheSameResult() throws IOException {
    Cargo cargo = Cargo.named("app:1", IntStream.range(0, 14).map(i -> 1000 + i).toArray());
    Location expected = target();
    publish(cargo, expected, false);
    Location target = target();
    try (ImageDriver driver = open(target)) {
      int most = Math.min(MOST_THREADS, driver.maxOpenWriters());
      assumeTrue(most > 1, "the driver takes one writer at a time");
      // No blob is read before as many writers are open as may be.
      CountDownLatch opened = new CountDownLatch(most);
      ContentStore source =
          new FaultyStore(
              cargo.store(),
              reader -> {
                opened.countDown();
                awaitOthers(opened);
                return reader;
              });
      new Exporter(source, driver).parallel(most).export(cargo.plan(), false);
    }
    assertSame(target, expected, cargo);
  }

  private static void awaitOthers(CountDownLatch opened) throws IOException {
    try {
      if (!opened.await(1, TimeUnit.MINUTES)) {
        throw new IOException("the others did not come");
      }
    } catch (InterruptedException e) {
      throw new InterruptedIOException();
    }
  }

  private void assertSame(Location target, Location expected, Cargo cargo) throws IOException {
    assertPublished(target, cargo);
    assertBytes(target, cargo);
    Optional<byte[]> bytes = rawBytes(expected);
    if (bytes.isPresent()) {
      assertThat(Arrays.equals(rawBytes(target).orElseThrow(), bytes.get())).isTrue();
    }
  }

  private static void writeSideBySide(ImageDriver driver, Cargo cargo, List<Descriptor> blobs)
      throws Exception {
    CyclicBarrier together = new CyclicBarrier(blobs.size());
    ExecutorService threads = Executors.newFixedThreadPool(blobs.size());
    try {
      List<Future<?>> running = new ArrayList<>();
      for (Descriptor blob : blobs) {
        BlobWriter writer = driver.blobWriter(blob);
        running.add(
            threads.submit(
                () -> {
                  try (writer) {
                    together.await(1, TimeUnit.MINUTES);
                    Cargo.whole(writer, cargo.content(blob));
                    together.await(1, TimeUnit.MINUTES);
                    writer.commit(blob.size(), blob.digest());
                  }
                  return null;
                }));
      }
      for (Future<?> future : running) {
        future.get();
      }
    } finally {
      threads.shutdownNow();
    }
  }
}
