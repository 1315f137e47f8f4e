package io.gantry.testkit;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.gantry.api.GantryException;
import io.gantry.api.GantryException.Kind;
import io.gantry.api.content.ContentStore;
import io.gantry.api.driver.BlobWriter;
import io.gantry.api.driver.ImageDriver;
import io.gantry.api.driver.InitOptions;
import io.gantry.api.export.ExportListener;
import io.gantry.api.export.ExportPlan;
import io.gantry.api.export.ExportRequest;
import io.gantry.api.export.ExportResult;
import io.gantry.api.export.Exporter;
import io.gantry.api.oci.Descriptor;
import io.gantry.api.oci.Digest;
import io.gantry.api.provider.Location;
import io.gantry.testkit.FaultyDriver.Call;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.lang.Thread.State;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The export on several threads. */
@Timeout(60)
class SideBySideTest {
  private static final int PATIENCE_SECONDS = 30;

  private final InMemoryStore store = new InMemoryStore();
  private final InMemoryPlace place;
  private final ExportPlan plan;

  SideBySideTest() throws IOException {
    place = new InMemoryPlaces().at(Location.parse("memory:place"));
    ImageFactory make = ImageFactory.into(store, 23);
    make.offer(make.image(0, 1, 100, 5000, 300_000, 600_000, 7, 8, 9, 10));
    plan = ExportPlan.of(store, ExportRequest.everything());
  }

  private ProtocolDriver taking(int most) {
    return new ProtocolDriver(new InMemoryDriver(place), most);
  }

  private Throwable failureOf(ContentStore source, ImageDriver driver, int threads) {
    Throwable thrown =
        catchThrowable(
            () -> {
              try (driver) {
                new Exporter(source, driver).parallel(threads).export(plan, false);
              }
            });
    assertThat(place.published()).isEmpty();
    assertThat(place.staged()).isEmpty();
    assertThat(exportThreads()).isEmpty();
    return thrown;
  }

  private static List<String> exportThreads() {
    return Thread.getAllStackTraces().keySet().stream()
        .map(Thread::getName)
        .filter(name -> name.startsWith("gantry-export-"))
        .toList();
  }

  /** Waits in place of a call, until the thread is interrupted. */
  private static void block() throws IOException {
    try {
      if (!new CountDownLatch(1).await(PATIENCE_SECONDS, SECONDS)) {
        throw new IOException("nobody interrupted");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ClosedByInterruptException();
    }
  }

  private static void meet(CyclicBarrier others) throws IOException {
    try {
      others.await(PATIENCE_SECONDS, SECONDS);
    } catch (Exception e) {
      throw new IOException("the others did not come", e);
    }
  }

  private static void await(CountDownLatch latch) throws IOException {
    try {
      if (!latch.await(PATIENCE_SECONDS, SECONDS)) {
        throw new IOException("waited in vain");
      }
    } catch (InterruptedException e) {
      throw new InterruptedIOException();
    }
  }

  @Test
  void movesTwoBlobsAtATimeWhereTwoAreAllowed() throws IOException {
    CyclicBarrier two = new CyclicBarrier(2);
    ContentStore meeting =
        new FaultyStore(
            store,
            reader -> {
              meet(two);
              return reader;
            });
    assertThat(plan.blobs()).hasSize(12);
    ProtocolDriver driver = taking(2);
    try (driver) {
      new Exporter(meeting, driver).parallel(4).export(plan, false);
    }
    driver.assertKept();
    assertThat(driver.mostOpen()).isEqualTo(2);
  }

  @Test
  void opensNoMoreWritersThanItIsTold() throws IOException {
    ProtocolDriver driver = taking(Integer.MAX_VALUE);
    try (driver) {
      new Exporter(store, driver).parallel(3).export(plan, false);
    }
    driver.assertKept();
    assertThat(driver.mostOpen()).isBetween(1, 3);
  }

  @Test
  void movesEightAtATimeUnlessItIsTold() throws IOException {
    CyclicBarrier eight = new CyclicBarrier(8);
    AtomicInteger opened = new AtomicInteger();
    ContentStore meeting =
        new FaultyStore(
            store,
            reader -> {
              if (opened.incrementAndGet() <= 8) {
                meet(eight);
              }
              return reader;
            });
    try (ImageDriver driver = taking(Integer.MAX_VALUE)) {
      new Exporter(meeting, driver).export(plan, false);
    }
    assertThat(place.published()).isPresent();
  }

  @Test
  void usesNoOtherThreadForOneAtATime() throws IOException {
    Set<Thread> threads = ConcurrentHashMap.newKeySet();
    ContentStore watched =
        new FaultyStore(
            store,
            reader -> {
              threads.add(Thread.currentThread());
              return reader;
            });
    export(watched, taking(1), 16, ExportListener.SILENT);
    export(watched, taking(16), 1, ExportListener.SILENT);
    assertThat(threads).containsExactly(Thread.currentThread());
  }

  private ExportResult export(
      ContentStore source, ImageDriver driver, int threads, ExportListener listener)
      throws IOException {
    try (driver) {
      return new Exporter(source, driver, listener).parallel(threads).export(plan, true);
    }
  }

  @Test
  void namesItsThreadsAndGivesThemTheClassLoaderOfTheCaller() throws IOException {
    Set<String> names = ConcurrentHashMap.newKeySet();
    Set<ClassLoader> loaders = ConcurrentHashMap.newKeySet();
    AtomicBoolean daemons = new AtomicBoolean(true);
    ContentStore watched =
        new FaultyStore(
            store,
            reader -> {
              Thread thread = Thread.currentThread();
              names.add(thread.getName());
              loaders.add(thread.getContextClassLoader());
              daemons.compareAndSet(true, thread.isDaemon());
              return reader;
            });
    Thread caller = Thread.currentThread();
    ClassLoader before = caller.getContextClassLoader();
    try (URLClassLoader own = new URLClassLoader(new URL[0])) {
      caller.setContextClassLoader(own);
      export(watched, taking(2), 2, ExportListener.SILENT);
      assertThat(loaders).containsExactly(own);
    } finally {
      caller.setContextClassLoader(before);
    }
    assertThat(names).isSubsetOf("gantry-export-1", "gantry-export-2").isNotEmpty();
    assertThat(daemons).isTrue();
    assertThat(exportThreads()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 16})
  void publishesTheSameWithAnyNumberOfThreads(int threads) throws IOException {
    export(store, new InMemoryDriver(place), threads, ExportListener.SILENT);
    InMemoryStore published = place.published().orElseThrow();
    assertThat(published.digests())
        .containsExactlyElementsOf(plan.blobs().stream().map(Descriptor::digest).toList());
    for (Digest digest : published.digests()) {
      assertThat(published.content(digest)).hasValue(store.content(digest).orElseThrow());
    }
  }

  /** The first blob is held back until all others are there. */
  @Test
  void resultIsInTheOrderOfThePlanAndProgressInThatOfCompletion() throws IOException {
    Descriptor first = plan.blobs().get(0);
    CountDownLatch others = new CountDownLatch(plan.blobs().size() - 1);
    ContentStore held =
        new FaultyStore(
            store,
            first.digest(),
            reader -> {
              await(others);
              return reader;
            });
    List<Descriptor> finished = new ArrayList<>();
    ExportListener listener =
        new ExportListener() {
          @Override
          public void blobFinished(Descriptor blob, boolean reused) {
            finished.add(blob);
            others.countDown();
          }
        };
    ExportResult result = export(held, taking(2), 2, listener);
    assertThat(finished).last().isEqualTo(first);
    assertThat(result.written()).isEqualTo(plan.blobs());
    assertThat(result.bytesWritten()).isEqualTo(plan.totalBytes());
  }

  /** The first call lasts until another thread is in the listener, too, or waits outside. */
  @Test
  void callsTheListenerOneCallAtATime() throws IOException {
    CyclicBarrier two = new CyclicBarrier(2);
    Set<Thread> threads = ConcurrentHashMap.newKeySet();
    ContentStore meeting =
        new FaultyStore(
            store,
            reader -> {
              threads.add(Thread.currentThread());
              meet(two);
              return reader;
            });
    AtomicInteger inside = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    AtomicBoolean waited = new AtomicBoolean();
    ExportListener listener =
        new ExportListener() {
          @Override
          public void bytesWritten(Descriptor blob, int count) {
            hear();
          }

          @Override
          public void blobFinished(Descriptor blob, boolean reused) {
            hear();
          }

          private void hear() {
            most.accumulateAndGet(inside.incrementAndGet(), Math::max);
            long end = System.nanoTime() + SECONDS.toNanos(PATIENCE_SECONDS);
            while (!waited.get() && System.nanoTime() < end) {
              waited.compareAndSet(
                  false,
                  inside.get() > 1
                      || threads.stream().anyMatch(other -> other.getState() == State.BLOCKED));
              Thread.onSpinWait();
            }
            inside.decrementAndGet();
          }
        };
    export(meeting, taking(2), 2, listener);
    assertThat(waited).as("two threads had something to tell").isTrue();
    assertThat(most).hasValue(1);
  }

  @ParameterizedTest
  @EnumSource(names = {"CONTAINS", "BLOB_WRITER", "COMMIT", "CLOSE_WRITER"})
  void failsWithTheTargetAtAnyBlob(Call call) {
    for (int n = 1; n <= plan.blobs().size(); n++) {
      ProtocolDriver driver =
          new ProtocolDriver(new FaultyDriver(new InMemoryDriver(place), call, n), 4);
      assertThat(failureOf(store, driver, 4))
          .isInstanceOfSatisfying(
              GantryException.class, e -> assertThat(e.kind()).isEqualTo(Kind.TARGET_FAILED))
          .hasMessageContaining("the target broke");
      driver.assertKept();
    }
  }

  @Test
  void failsWithTheSourceAtAnyBlob() {
    for (Descriptor blob : plan.blobs()) {
      ProtocolDriver driver = taking(4);
      ContentStore faulty = new FaultyStore(store, blob.digest(), BlobFault.failsToOpen());
      assertThat(failureOf(faulty, driver, 4))
          .isInstanceOfSatisfying(
              GantryException.class, e -> assertThat(e.kind()).isEqualTo(Kind.SOURCE_FAILED))
          .hasMessageContaining(blob.digest().toString());
      driver.assertKept();
    }
  }

  /** All but one blob wait for ever; the one fails when the others do so. */
  private ContentStore stuckBut(Digest failing, int others, BlobFault fault) {
    CountDownLatch stuck = new CountDownLatch(others);
    BlobFault waiting = BlobFault.blocks(stuck);
    return new FaultyStore(
        new FaultyStore(store, digest -> !digest.equals(failing), waiting),
        failing,
        reader -> {
          await(stuck);
          return fault.applyTo(reader);
        });
  }

  /** Those that are read and not only opened. */
  private List<Descriptor> fullBlobs() {
    return plan.blobs().stream().filter(blob -> blob.size() > 0).toList();
  }

  @Test
  void tellsTheFirstFailureAndNotTheInterruptionOfTheOthers() {
    for (Descriptor failing : fullBlobs().subList(0, 4)) {
      ProtocolDriver driver = taking(4);
      Throwable thrown =
          failureOf(stuckBut(failing.digest(), 3, BlobFault.failsToOpen()), driver, 4);
      assertThat(thrown)
          .isInstanceOfSatisfying(
              GantryException.class, e -> assertThat(e.kind()).isEqualTo(Kind.SOURCE_FAILED))
          .hasMessageContaining(failing.digest().toString())
          .hasNoSuppressedExceptions();
      driver.assertKept();
    }
  }

  @Test
  void keepsFurtherFailuresWithTheFirst() {
    CyclicBarrier two = new CyclicBarrier(2);
    AtomicInteger failures = new AtomicInteger();
    ContentStore broken =
        new FaultyStore(
            store,
            reader -> {
              meet(two);
              throw new IOException("failure " + failures.incrementAndGet());
            });
    Throwable thrown = failureOf(broken, taking(2), 2);
    assertThat(thrown).hasMessageContaining("failure ");
    assertThat(thrown.getSuppressed())
        .singleElement()
        .satisfies(second -> assertThat(second).hasMessageContaining("failure "));
    assertThat(thrown.getSuppressed()[0].getMessage()).isNotEqualTo(thrown.getMessage());
  }

  /** As a driver would that has one connection, and one failure of it for all. */
  @Test
  void takesTheSameFailureTwice() {
    CyclicBarrier two = new CyclicBarrier(2);
    GantryException same = new GantryException(Kind.SOURCE_FAILED, "connection lost");
    ContentStore broken =
        new FaultyStore(
            store,
            reader -> {
              meet(two);
              throw same;
            });
    assertThat(failureOf(broken, taking(2), 2)).isSameAs(same).hasNoSuppressedExceptions();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 4})
  void passesOnWhatIsNoFailureOfEitherSide(int threads) {
    Error error = new AssertionError("a bug");
    IllegalStateException exception = new IllegalStateException("another");
    ContentStore broken =
        new FaultyStore(
            store,
            reader -> {
              throw error;
            });
    assertThat(failureOf(broken, taking(4), threads)).isSameAs(error);
    ContentStore alsoBroken =
        new FaultyStore(
            store,
            reader -> {
              throw exception;
            });
    assertThat(failureOf(alsoBroken, taking(4), threads)).isSameAs(exception);
  }

  @Test
  void stopsTheOthersWhenTheCallerFails() {
    CountDownLatch reading = new CountDownLatch(2);
    ImageDriver failing =
        new FaultyDriver(
            new InMemoryDriver(place),
            Call.CONTAINS,
            4,
            () -> {
              await(reading);
              throw new IOException("the target broke");
            });
    ProtocolDriver driver = new ProtocolDriver(failing, 8);
    assertThat(failureOf(new FaultyStore(store, BlobFault.blocks(reading)), driver, 8))
        .hasMessageContaining("the target broke")
        .hasNoSuppressedExceptions();
    driver.assertKept();
  }

  @Test
  void interruptOfTheCallerStopsAll() throws Exception {
    CountDownLatch reading = new CountDownLatch(3);
    ContentStore blocked = new FaultyStore(store, BlobFault.blocks(reading));
    ProtocolDriver driver = taking(3);
    FutureTask<Throwable> exporting =
        new FutureTask<>(
            () -> {
              Throwable thrown = failureOf(blocked, driver, 3);
              assertThat(Thread.interrupted()).as("the interrupt is still there").isTrue();
              return thrown;
            });
    Thread caller = new Thread(exporting);
    caller.start();
    reading.await();
    caller.interrupt();
    assertThat(exporting.get(PATIENCE_SECONDS, SECONDS))
        .isInstanceOfSatisfying(
            GantryException.class, e -> assertThat(e.kind()).isEqualTo(Kind.INTERRUPTED))
        .hasNoSuppressedExceptions();
    driver.assertKept();
  }

  @Test
  void interruptFromWithinStopsAll() {
    ExportListener interrupting =
        new ExportListener() {
          @Override
          public void blobFinished(Descriptor blob, boolean reused) {
            Thread.currentThread().interrupt();
          }
        };
    ProtocolDriver driver = taking(4);
    Throwable thrown = catchThrowable(() -> export(store, driver, 4, interrupting));
    assertThat(thrown)
        .isInstanceOfSatisfying(
            GantryException.class, e -> assertThat(e.kind()).isEqualTo(Kind.INTERRUPTED));
    assertThat(Thread.currentThread().isInterrupted()).isFalse();
    assertThat(driver.calls()).doesNotContain("writeIndex");
    driver.assertKept();
  }

  @Test
  void closesTheWritersOfStoppedBlobsUndisturbed() {
    AtomicBoolean disturbed = new AtomicBoolean();
    ImageDriver watching =
        new FlawedDriver(place, Map.of()) {
          @Override
          public BlobWriter blobWriter(Descriptor blob) throws IOException {
            return new FlawedWriter(blob) {
              @Override
              public void close() throws IOException {
                disturbed.compareAndSet(false, Thread.currentThread().isInterrupted());
                super.close();
              }
            };
          }
        };
    Digest failing = fullBlobs().get(0).digest();
    failureOf(stuckBut(failing, 3, BlobFault.failsToOpen()), new ProtocolDriver(watching, 4), 4);
    assertThat(disturbed).isFalse();
  }

  /** A source that ignores interrupts is stopped between two buffers. */
  @Test
  void stopsBetweenBuffers() {
    Digest failing = fullBlobs().get(0).digest();
    assertThat(fullBlobs().get(1).size()).as("buffers, one byte each").isGreaterThan(1);
    CountDownLatch stuck = new CountDownLatch(1);
    AtomicInteger reads = new AtomicInteger();
    ContentStore source =
        new FaultyStore(
            new FaultyStore(
                store,
                digest -> !digest.equals(failing),
                reader ->
                    new ForwardingReader(BlobFault.readsAtMost(1).applyTo(reader)) {
                      @Override
                      public int read(ByteBuffer dst, long position) throws IOException {
                        if (reads.incrementAndGet() > 1) {
                          throw new IOException("read on");
                        }
                        stuck.countDown();
                        assertThat(catchThrowable(SideBySideTest::block))
                            .isInstanceOf(ClosedByInterruptException.class);
                        assertThat(Thread.interrupted()).isTrue();
                        return super.read(dst, position);
                      }
                    }),
            failing,
            reader -> {
              await(stuck);
              throw new IOException("first");
            });
    assertThat(failureOf(source, taking(2), 2))
        .hasMessageContaining("first")
        .hasNoSuppressedExceptions();
  }

  @Test
  void takesOneExportOnlyWhateverItsParallelism() throws IOException {
    try (ImageDriver driver = taking(1)) {
      Exporter exporter = new Exporter(store, driver);
      exporter.parallel(2).export(plan, false);
      assertThatIllegalStateException().isThrownBy(() -> exporter.export(plan, false));
    }
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Exporter(store, taking(1)).parallel(0));
  }

  @Test
  void passesOnWhatTheDriverHasToTell() throws IOException {
    List<String> heard = new ArrayList<>();
    ExportListener listener =
        new ExportListener() {
          @Override
          public void notice(String message) {
            heard.add(message);
          }
        };
    ImageDriver telling =
        new FlawedDriver(place, Map.of()) {
          @Override
          public void init(InitOptions options) throws IOException {
            options.notices().accept("the target is old");
            super.init(options);
          }
        };
    export(store, telling, 2, listener);
    assertThat(heard).containsExactly("the target is old");
  }
}
