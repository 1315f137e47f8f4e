package io.gantry.driver.s3;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.gantry.api.GantryException;
import io.gantry.api.GantryException.Kind;
import io.gantry.api.provider.Location;
import io.gantry.api.provider.Options;
import io.gantry.driver.s3.FrontDoor.Fate;
import io.gantry.driver.s3.FrontDoor.Request;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What people are told when a service refuses: the object, and what to change. */
class S3FailureTest {
  private static final int MIB = 1024 * 1024;
  private static final Duration HOUR = Duration.ofHours(1);

  private final S3Lab lab = S3Lab.open();
  private final Shipment app = Shipment.named("app:1", 1000);
  private final Location target = lab.newTarget();

  S3FailureTest() throws IOException {}

  private static boolean putsBlob(Request request) {
    return request.method.equals("PUT") && request.path.contains("/blobs/");
  }

  private static boolean getsIndex(Request request) {
    return request.isOf("GET", "/index.json");
  }

  private static boolean lists(Request request) {
    return request.query.contains("list-type=2");
  }

  private void answer(Predicate<Request> which, int status, String code) {
    answer(which, Fate.answered(status, code));
  }

  private void answer(Predicate<Request> which, Fate fate) {
    lab.door().fates(request -> which.test(request) ? fate : Fate.PASSED);
  }

  /** Returns what an export says, with ~ for the URL of the target. */
  private String complaint(String... options) throws IOException {
    return complaint(() -> app.exportTo(target, options));
  }

  private String complaint(ThrowingCallable action) throws IOException {
    GantryException e = catchThrowableOfType(GantryException.class, action);
    assertThat(e).as("the failure").isNotNull();
    assertNoSecrets(e);
    assertThat(e.getMessage()).doesNotContain("\n");
    return String.valueOf(e.getMessage()).replace(S3Location.of(target).url(""), "~/");
  }

  private static void assertNoSecrets(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      assertThat(cause.toString())
          .doesNotContain(System.getProperty("aws.accessKeyId"))
          .doesNotContain(System.getProperty("aws.secretAccessKey"));
      for (Throwable suppressed : cause.getSuppressed()) {
        assertNoSecrets(suppressed);
      }
    }
  }

  private String blob() {
    return "~/" + S3Location.fileOf(app.plan().blobs().get(0).digest());
  }

  @Test
  void permissionToWriteIsAskedForByName() throws IOException {
    String denied = ": access denied; allow s3:PutObject to the identity in use";

    answer(S3FailureTest::putsBlob, 403, "AccessDenied");
    assertThat(complaint("connections=1")).isEqualTo(blob() + denied);
    answer(request -> request.isOf("PUT", "/index.json"), 403, "AccessDenied");
    assertThat(complaint()).isEqualTo("~/index.json" + denied);
    answer(request -> request.isOf("PUT", "/oci-layout"), 403, "AccessDenied");
    assertThat(complaint()).isEqualTo("~/oci-layout" + denied);
    answer(request -> !request.header("If-None-Match").isEmpty(), 403, "AccessDenied");
    Location fresh = lab.newTarget();
    assertThat(complaint(() -> app.exportTo(fresh))).endsWith("/oci-layout" + denied);
  }

  @Test
  void permissionToReadIsAskedForByName() throws IOException {
    String denied =
        ": access denied; allow s3:GetObject to the identity in use, and s3:ListBucket, without"
            + " which S3 says the same of what is not there";

    answer(S3FailureTest::getsIndex, 403, "AccessDenied");
    assertThat(complaint()).isEqualTo("~/index.json" + denied);
    assertThat(complaint(() -> new S3StoreProvider().open(target, reading())))
        .isEqualTo("~/index.json" + denied);
    answer(request -> lists(request) || request.method.equals("HEAD"), 403, "AccessDenied");
    assertThat(complaint()).isEqualTo(blob() + denied);
  }

  private static Options reading() throws IOException {
    return S3Lab.options(S3Options.READING);
  }

  @Test
  void whatAnExportCanDoWithoutIsNotAskedFor() throws IOException {
    S3Location at = S3Location.of(target);
    for (Predicate<Request> extra :
        List.<Predicate<Request>>of(
            S3FailureTest::lists,
            request -> request.query.startsWith("uploads&"),
            request -> request.method.equals("DELETE"))) {
      lab.admin()
          .createMultipartUpload(
              create -> create.bucket(at.bucket()).key(at.key("blobs/sha256/" + "0".repeat(64))));
      lab.door().reset();
      answer(extra, 403, "AccessDenied");
      app.exportTo(target, "stale-upload-days=0");
      assertThat(lab.door().count(extra)).isPositive();
    }
    app.assertWholeAt(target);
    lab.door().reset();
    app.exportTo(target, "stale-upload-days=0");
    assertThat(lab.uploads(target)).isZero();
  }

  @Test
  void partsThatMayNotBeAbortedAreTold() throws IOException {
    lab.door()
        .fates(
            request ->
                request.query.contains("partNumber=")
                    ? Fate.answered(403, "AccessDenied")
                    : request.method.equals("DELETE")
                        ? Fate.answered(403, "AccessDenied")
                        : Fate.PASSED);
    Shipment large = Shipment.named("large:1", 6 * MIB);

    assertThatThrownBy(() -> large.exportTo(target, "part-size=5"))
        .hasMessageContaining("allow s3:PutObject")
        .satisfies(
            e ->
                assertThat(e.getSuppressed())
                    .singleElement()
                    .asString()
                    .contains("access denied; allow s3:AbortMultipartUpload"));
    lab.door().reset();
    app.exportTo(target, "stale-upload-days=0");
    assertThat(lab.uploads(target)).isZero();
  }

  @Test
  void credentialsThatAreNotAcceptedAreTold() throws IOException {
    Map<String, String> told =
        Map.of(
            "InvalidAccessKeyId",
            "the access key is not known there; check AWS_ACCESS_KEY_ID, the profile and the"
                + " endpoint",
            "SignatureDoesNotMatch",
            "the signature is not accepted; check AWS_SECRET_ACCESS_KEY or the profile",
            "ExpiredToken",
            "the credentials have expired; sign in again or set new ones",
            "InvalidToken",
            "the session token is not accepted; check AWS_SESSION_TOKEN or the profile",
            "RequestTimeTooSkewed",
            "the clock of this machine differs from the service's; set it right");
    for (Map.Entry<String, String> answer : told.entrySet()) {
      Fate refused = repeatingTheKey(403, answer.getKey());
      answer(S3FailureTest::getsIndex, refused);
      assertThat(complaint()).isEqualTo("~/index.json: " + answer.getValue());
      answer(S3FailureTest::putsBlob, refused);
      assertThat(complaint("connections=1")).isEqualTo(blob() + ": " + answer.getValue());
    }
  }

  /** Services repeat the access key, in a part of the answer that is not the message. */
  private static Fate repeatingTheKey(int status, String code) {
    String body =
        "<Error><Code>%s</Code><Message>No.</Message><AWSAccessKeyId>%s</AWSAccessKeyId></Error>"
            .formatted(code, System.getProperty("aws.accessKeyId"));
    return Fate.answered(status, Map.of("Content-Type", "application/xml"), body.getBytes(UTF_8));
  }

  @Test
  void aBucketThatIsNotThereIsTold() throws IOException {
    String told = "~/index.json: there is no such bucket; create it, or check the endpoint";

    answer(S3FailureTest::getsIndex, 404, "NoSuchBucket");
    assertThat(complaint()).isEqualTo(told);
    assertThatThrownBy(() -> new S3StoreProvider().open(target, reading()))
        .isInstanceOfSatisfying(
            GantryException.class, e -> assertThat(e.kind()).isEqualTo(Kind.NOT_FOUND))
        .hasMessageEndingWith(told.substring(1));
    answer(S3FailureTest::putsBlob, 404, "NoSuchBucket");
    assertThat(complaint("connections=1"))
        .isEqualTo(blob() + told.substring("~/index.json".length()));
  }

  @Test
  void theRegionOfTheBucketIsTold() throws IOException {
    Map<String, String> header = Map.of("x-amz-bucket-region", "eu-central-1");
    Predicate<Request> all = request -> true;

    answer(all, Fate.answered(301, "PermanentRedirect", header));
    assertThat(complaint())
        .isEqualTo(
            "~/index.json: the bucket is in the region eu-central-1; set AWS_REGION=eu-central-1");
    answer(all, Fate.answered(400, "AuthorizationHeaderMalformed", header));
    assertThat(complaint())
        .isEqualTo(
            "~/index.json: the bucket is in the region eu-central-1; set AWS_REGION=eu-central-1");
    answer(all, 301, "PermanentRedirect");
    assertThat(complaint())
        .isEqualTo(
            "~/index.json: the bucket is in another region or at another endpoint; set"
                + " AWS_REGION");
  }

  @Test
  void aBucketIsFoundInItsRegion() throws IOException {
    lab.door()
        .fates(
            request ->
                request.header("Authorization").contains("/eu-central-1/s3/")
                    ? Fate.answered(404, "NoSuchKey")
                    : Fate.answered(
                        301, "PermanentRedirect", Map.of("x-amz-bucket-region", "eu-central-1")));
    try (Bucket bucket = bucket()) {
      assertThat(bucket.read("index.json", 100)).isEmpty();
    }
    assertThat(lab.door().requests()).hasSize(2);
  }

  private Bucket bucket() throws IOException {
    return Bucket.open(S3Location.of(target), S3Lab.options(S3Options.WRITING), Kind.TARGET_FAILED);
  }

  @Test
  void aClockThatIsOffIsAllowedFor() throws IOException {
    Instant theirs = Instant.now().plus(HOUR);
    String date = DateTimeFormatter.RFC_1123_DATE_TIME.format(theirs.atOffset(ZoneOffset.UTC));
    lab.door()
        .fates(
            request ->
                Duration.between(signed(request), theirs).abs().compareTo(HOUR.dividedBy(2)) < 0
                    ? Fate.answered(404, "NoSuchKey")
                    : Fate.answered(403, "RequestTimeTooSkewed", Map.of("Date", date)));
    try (Bucket bucket = bucket()) {
      assertThat(bucket.read("index.json", 100)).isEmpty();
    }
    assertThat(lab.door().requests()).hasSize(2);
  }

  private static Instant signed(Request request) {
    return DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmssX")
        .parse(request.header("X-Amz-Date"), Instant::from);
  }

  @Test
  void whatStaysOverloadedIsTold() throws IOException {
    answer(S3FailureTest::getsIndex, 503, "SlowDown");
    assertThat(complaint())
        .isEqualTo(
            "~/index.json: the service is overloaded (SlowDown), also after 2 attempts; try again"
                + " later, or with the option connections=2");
  }

  @Test
  void whatIsNotKnownIsRepeatedInOneLine() throws IOException {
    answer(S3FailureTest::getsIndex, 418, "Teapot");
    assertThat(complaint())
        .isEqualTo("~/index.json: GetObject was answered with 418 Teapot (told to say so)");
    answer(S3FailureTest::getsIndex, 409, "");
    assertThat(complaint()).isEqualTo("~/index.json: GetObject was answered with 409");
  }

  @Test
  void aServiceThatIsNotThereIsTold() throws IOException {
    int closed;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      closed = socket.getLocalPort();
    }
    assertThat(complaint("endpoint=http://127.0.0.1:" + closed))
        .startsWith("~/index.json: cannot connect (")
        .contains("127.0.0.1:" + closed, "refused")
        .endsWith("); check the endpoint");
    assertThat(complaint("endpoint=http://no-such-host.invalid"))
        .isEqualTo(
            "~/index.json: the host no-such-host.invalid is not known; check the endpoint and the"
                + " region");
    assertThat(complaint("endpoint=" + lab.service().toString().replace("http:", "https:")))
        .startsWith("~/index.json: no secure connection (");
  }

  @Test
  void aServiceThatIsSilentIsTold() throws IOException {
    answer(S3FailureTest::getsIndex, Fate.STALLED);
    assertThat(complaint("timeout=1"))
        .isEqualTo(
            "~/index.json: the service was silent too long, also after 2 attempts; see the option"
                + " timeout");
  }

  @Test
  void aConflictOfWritersIsTriedAgain() throws IOException {
    app.exportTo(target);
    lab.door().reset();
    int[] seen = new int[1];
    answer(
        request -> request.isOf("PUT", "/index.json") && seen[0]++ == 0,
        Fate.answered(409, "ConditionalRequestConflict"));
    Shipment other = Shipment.named("other:1", 10);

    other.exportTo(target);

    app.assertWholeAt(target);
    other.assertWholeAt(target);
    assertThat(lab.door().count(request -> request.isOf("PUT", "/index.json"))).isEqualTo(2);
  }

  @Test
  void aRaceThatIsAlwaysLostEnds() throws IOException {
    for (Fate lost :
        List.of(
            Fate.answered(412, "PreconditionFailed"),
            Fate.answered(409, "ConditionalRequestConflict"))) {
      answer(request -> request.isOf("PUT", "/index.json"), lost);
      List<Long> pauses = new ArrayList<>();
      try (Bucket bucket = bucket()) {
        LayoutFiles files = new LayoutFiles(bucket, () -> new Backoff(pauses::add));
        WriteSettings settings = WriteSettings.of(S3Lab.options(S3Options.WRITING));

        assertThat(
                complaint(
                    () -> files.publish(app.plan().index(), false, Conditions.HONOURED, settings)))
            .isEqualTo(
                "~/index.json: other exports changed it 120 times in a row; try again later");
      }
      assertThat(pauses).hasSize(120).allMatch(millis -> millis >= 0 && millis < 1000);
      assertThat(pauses.subList(0, 3)).allMatch(millis -> millis < 80);
    }
  }

  @Test
  void whoHasNoCredentialsIsTold(@TempDir Path folder) throws Exception {
    Map<String, String> none = new HashMap<>(lab.environment());
    none.keySet().removeIf(name -> name.contains("KEY"));

    assertThat(complaintOfProcess(folder, none))
        .isEqualTo(
            "~/index.json: no AWS credentials found; set AWS_PROFILE, or AWS_ACCESS_KEY_ID and"
                + " AWS_SECRET_ACCESS_KEY, or the option anonymous=true for a public bucket");
    none.put("AWS_PROFILE", "nobody");
    assertThat(complaintOfProcess(folder, none))
        .isEqualTo(
            "~/index.json: no AWS credentials found, nor any in the profile 'nobody'; set AWS_PROFILE,"
                + " or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or the option anonymous=true"
                + " for a public bucket");
  }

  @Test
  void aWrongSecretIsTold(@TempDir Path folder) throws Exception {
    Map<String, String> wrong = new HashMap<>(lab.environment());
    wrong.put("AWS_SECRET_ACCESS_KEY", "another-secret");
    assertThat(complaintOfProcess(folder, wrong))
        .isEqualTo(
            "~/index.json: the signature is not accepted; check AWS_SECRET_ACCESS_KEY or the"
                + " profile");
  }

  private String complaintOfProcess(Path folder, Map<String, String> environment) throws Exception {
    Path output = folder.resolve("output");
    Process process = ExportProcess.start(target, 0, 1, environment, output);
    assertThat(process.waitFor()).isEqualTo(1);
    return Files.readString(output).replace(S3Location.of(target).url(""), "~/");
  }
}
