package io.gantry.driver.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gantry.api.GantryException;
import io.gantry.api.GantryException.Kind;
import io.gantry.api.provider.Location;
import io.gantry.driver.s3.FrontDoor.Fate;
import io.gantry.driver.s3.FrontDoor.Request;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.assertj.core.api.SoftAssertions;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What becomes of an export when one of its requests fails: of every request in turn, once and for
 * ever, in a bucket where nothing is and in one with an image.
 *
 * <p>Requests follow each other here, one at a time, so that the n-th is the same in every run.
 */
@Timeout(300)
class S3FaultsTest {
  private static final int MIB = 1024 * 1024;
  private static final Shipment EARLIER = Shipment.named("earlier:1", 500);

  private static final Shipment SMALL = Shipment.named("app:1", 1000, 2000);
  private static final Shipment LARGE = Shipment.named("large:1", 5 * MIB + 1, 100);

  /** The exports whose requests fail. */
  private enum Scene {
    FIRST_IMAGE,
    ANOTHER_IMAGE,
    A_BLOB_IN_PARTS;

    Shipment shipment() {
      return this == A_BLOB_IN_PARTS ? LARGE : SMALL;
    }

    boolean afterAnother() {
      return this != FIRST_IMAGE;
    }
  }

  private final S3Lab lab = S3Lab.open();
  private final ExecutorService threads = Executors.newCachedThreadPool();

  @AfterEach
  void endThreads() {
    threads.shutdownNow();
  }

  /** One export through a door of its own. */
  private final class Attempt implements AutoCloseable {
    private final Scene scene;
    private final Location target;
    private final FrontDoor door;
    private final Map<String, byte[]> before;

    Attempt(Scene scene) throws IOException {
      this.scene = scene;
      this.target = lab.newTarget();
      this.door = lab.newDoor();
      if (scene.afterAnother()) {
        EARLIER.exportTo(target);
      }
      before = lab.objects(target);
    }

    void run(String... more) throws IOException {
      scene.shipment().exportTo(target, options(door, more));
    }

    /** Lets requests from the n-th on meet a fate, {@code count} of them. */
    void fail(int n, int count, Fate fate) {
      AtomicInteger seen = new AtomicInteger();
      door.fates(
          request -> {
            int number = seen.incrementAndGet();
            return number >= n && number - n < count ? fate : Fate.PASSED;
          });
    }

    void assertDone() throws IOException {
      scene.shipment().assertWholeAt(target);
      if (scene.afterAnother()) {
        EARLIER.assertWholeAt(target);
      }
      assertThat(lab.readBack(target).index().orElseThrow().manifests())
          .as("each image is there once")
          .hasSize(scene.afterAnother() ? 2 : 1);
    }

    void assertAsBefore() throws IOException {
      Map<String, byte[]> now = lab.objects(target);
      assertThat(now.containsKey("index.json")).isEqualTo(scene.afterAnother());
      before.forEach((file, content) -> assertThat(now.get(file)).as(file).isEqualTo(content));
      assertThat(lab.uploads(target)).as("unfinished uploads").isZero();
    }

    @Override
    public void close() throws IOException {
      door.close();
      lab.clear(target);
    }
  }

  private static String[] options(FrontDoor door, String... more) {
    return Stream.concat(
            Stream.of("endpoint=" + door.endpoint(), "connections=1", "part-size=5"),
            Stream.of(more))
        .toArray(String[]::new);
  }

  /** What is to be shown of the n-th request. */
  private interface Trial {
    void of(Attempt attempt, int n) throws Exception;
  }

  /** Tries every request of a scene, several of them side by side. */
  private void eachRequest(Scene scene, Trial trial) throws Exception {
    // Twice, as a service may make one of them longer by a hiccup of its own.
    int requests = Math.min(cleanRequests(scene), cleanRequests(scene));
    assertThat(requests).isBetween(10, 20);
    List<Future<@Nullable Throwable>> trials = new ArrayList<>();
    for (int i = 1; i <= requests; i++) {
      int n = i;
      trials.add(threads.submit(() -> tried(scene, trial, n)));
    }
    SoftAssertions all = new SoftAssertions();
    for (Future<@Nullable Throwable> tried : trials) {
      Throwable failure = tried.get();
      if (failure != null) {
        all.collectAssertionError(new AssertionError(failure));
      }
    }
    all.assertAll();
  }

  private int cleanRequests(Scene scene) throws Exception {
    try (Attempt clean = new Attempt(scene)) {
      clean.run();
      clean.assertDone();
      return clean.door.requests().size();
    }
  }

  private @Nullable Throwable tried(Scene scene, Trial trial, int n) throws IOException {
    try (Attempt attempt = new Attempt(scene)) {
      try {
        trial.of(attempt, n);
        return null;
      } catch (Exception | AssertionError e) {
        List<Request> requests = attempt.door.requests();
        String nth = n <= requests.size() ? requests.get(n - 1).toString() : "not reached";
        return new AssertionError("request %d, %s: %s".formatted(n, nth, e), e);
      }
    }
  }

  private void survives(Scene scene, Fate fate, String... options) throws Exception {
    eachRequest(
        scene,
        (attempt, n) -> {
          attempt.fail(n, 1, fate);
          attempt.run(options);
          assertThat(attempt.door.requests()).hasSizeGreaterThan(n);
          attempt.assertDone();
          assertThat(lab.uploads(attempt.target)).as("unfinished uploads").isZero();
        });
  }

  @ParameterizedTest
  @EnumSource
  void anErrorOfTheServiceIsTriedAgain(Scene scene) throws Exception {
    survives(scene, Fate.answered(500, "InternalError"));
  }

  @Test
  void anOverloadedServiceIsTriedAgain() throws Exception {
    // Of one scene, as the SDK's adaptive mode takes seconds over it.
    survives(Scene.A_BLOB_IN_PARTS, Fate.answered(503, "SlowDown"));
  }

  @Test
  void tooManyRequestsAreTriedAgain() throws Exception {
    // Of one scene, as the SDK's adaptive mode takes seconds over it.
    survives(Scene.ANOTHER_IMAGE, Fate.answered(429, "TooManyRequests"));
  }

  @ParameterizedTest
  @EnumSource
  void aConnectionThatBreaksIsMadeAgain(Scene scene) throws Exception {
    survives(scene, Fate.RESET);
  }

  @ParameterizedTest
  @EnumSource
  void aSilentServiceIsAskedAgain(Scene scene) throws Exception {
    survives(scene, Fate.STALLED, "timeout=3");
  }

  @ParameterizedTest
  @EnumSource
  void anAnswerThatIsLostIsAskedForAgain(Scene scene) throws Exception {
    survivesLoss(scene, Fate.ANSWER_LOST);
  }

  @ParameterizedTest
  @EnumSource
  void anAnswerThatIsCutInItsHeadIsAskedForAgain(Scene scene) throws Exception {
    survivesLoss(scene, Fate.cutAfter(40));
  }

  @ParameterizedTest
  @EnumSource
  void anAnswerThatIsCutAtItsEndIsAskedForAgain(Scene scene) throws Exception {
    survivesLoss(scene, Fate.LAST_BYTE_LOST);
  }

  /** The service has done what was asked of it, and nobody knows. */
  private void survivesLoss(Scene scene, Fate fate) throws Exception {
    eachRequest(
        scene,
        (attempt, n) -> {
          attempt.fail(n, 1, fate);
          attempt.run();
          attempt.assertDone();
          Request lost = attempt.door.requests().get(n - 1);
          boolean begun = lost.method.equals("POST") && lost.query.startsWith("uploads");
          assertThat(lab.uploads(attempt.target))
              .as("an upload whose id nobody was told")
              .isEqualTo(begun ? 1 : 0);
          attempt.run("stale-upload-days=0");
          assertThat(lab.uploads(attempt.target)).as("what the next export leaves").isZero();
        });
  }

  @Test
  void anUploadThatIsGoneIsLookedFor() throws IOException {
    try (Attempt attempt = new Attempt(Scene.A_BLOB_IN_PARTS)) {
      AtomicInteger completed = new AtomicInteger();
      Fate gone = Fate.answered(404, "NoSuchUpload");
      attempt.door.fates(
          request ->
              !request.method.equals("POST") || !request.query.startsWith("uploadId=")
                  ? Fate.PASSED
                  : completed.getAndIncrement() == 0 ? Fate.ANSWER_LOST : gone);
      attempt.run();
      attempt.assertDone();
      assertThat(completed).hasValue(2);
    }
    try (Attempt attempt = new Attempt(Scene.A_BLOB_IN_PARTS)) {
      attempt.door.fates(
          request ->
              request.query.startsWith("uploadId=") && request.method.equals("POST")
                  ? Fate.answered(404, "NoSuchUpload")
                  : Fate.PASSED);
      assertThatThrownBy(attempt::run)
          .hasMessageContaining("/blobs/sha256/")
          .hasMessageContaining("NoSuchUpload");
      attempt.assertAsBefore();
    }
  }

  @ParameterizedTest
  @EnumSource
  void aServiceThatStaysBrokenEndsTheExportInOneLine(Scene scene) throws Exception {
    fails(scene, Fate.answered(500, "InternalError"), " was answered with 500 InternalError");
  }

  @ParameterizedTest
  @EnumSource
  void aConnectionThatKeepsBreakingEndsTheExportInOneLine(Scene scene) throws Exception {
    fails(scene, Fate.RESET, "the connection broke");
  }

  /** From the n-th request on everything fails but what cleans up. */
  private void fails(Scene scene, Fate fate, String reason) throws Exception {
    eachRequest(
        scene,
        (attempt, n) -> {
          AtomicInteger seen = new AtomicInteger();
          attempt.door.fates(
              request ->
                  seen.incrementAndGet() >= n && !request.method.equals("DELETE")
                      ? fate
                      : Fate.PASSED);
          assertThatThrownBy(attempt::run)
              .isInstanceOfSatisfying(
                  GantryException.class, e -> assertThat(e.kind()).isEqualTo(Kind.TARGET_FAILED))
              .message()
              .startsWith("s3:/" + attempt.door.requests().get(n - 1).path)
              .contains(reason)
              .doesNotContain("\n");
          assertThat(attempt.door.count(request -> !request.method.equals("DELETE")))
              .as(
                  "two attempts at what fails, and two at finding out whether the index was written")
              .isBetween(n + 1L, n + 3L);
          attempt.assertAsBefore();
        });
  }

  @ParameterizedTest
  @EnumSource
  void whoInterruptsAnExportDoesNotWaitForTheService(Scene scene) throws Exception {
    eachRequest(
        scene,
        (attempt, n) -> {
          CountDownLatch stalled = new CountDownLatch(1);
          attempt.fail(
              n,
              1,
              (request, door) -> {
                stalled.countDown();
                Fate.STALLED.befall(request, door);
              });
          AtomicReference<@Nullable Exception> failure = new AtomicReference<>();
          AtomicReference<@Nullable Boolean> interrupted = new AtomicReference<>();
          Thread export =
              new Thread(
                  () -> {
                    try {
                      attempt.run("timeout=3600");
                    } catch (IOException e) {
                      failure.set(e);
                    }
                    interrupted.set(Thread.currentThread().isInterrupted());
                  });
          export.start();
          stalled.await();
          export.interrupt();
          export.join();

          assertThat(failure.get())
              .isInstanceOfSatisfying(
                  GantryException.class, e -> assertThat(e.kind()).isEqualTo(Kind.INTERRUPTED));
          assertThat(interrupted.get()).as("the thread still knows").isTrue();
          attempt.assertAsBefore();
        });
  }
}
