package io.gantry.driver.s3;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gantry.api.GantryException;
import io.gantry.api.driver.BlobWriter;
import io.gantry.api.driver.ImageDriver;
import io.gantry.api.driver.InitOptions;
import io.gantry.api.oci.Descriptor;
import io.gantry.api.oci.Index;
import io.gantry.api.oci.MediaTypes;
import io.gantry.api.provider.Location;
import io.gantry.driver.s3.FrontDoor.Fate;
import io.gantry.testkit.ImageFactory;
import io.gantry.testkit.InMemoryStore;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;

/** What an export asks of the service, and leaves there. */
@Timeout(120)
class S3DriverTest {
  private static final int MIB = 1024 * 1024;

  private final S3Lab lab = S3Lab.open();
  private final Shipment app = Shipment.named("app:1", 1000, 2000, 3000);

  @Test
  void aSmallBlobIsOneRequestAndAllElseIsSix() throws IOException {
    app.exportTo(lab.newTarget());

    FrontDoor door = lab.door();
    assertThat(door.count(request -> request.isWrite() && request.path.contains("/blobs/")))
        .isEqualTo(app.plan().blobs().size());
    assertThat(door.requests())
        .filteredOn(request -> !request.path.contains("/blobs/"))
        .extracting(request -> request.method)
        .as("index, header, probe, unfinished uploads, listing, header, index")
        .containsExactly("GET", "GET", "PUT", "GET", "GET", "PUT", "PUT");
  }

  @Test
  void anUnchangedImageMovesNothing() throws IOException {
    Location target = lab.newTarget();
    app.exportTo(target);
    lab.door().reset();

    assertThat(app.exportTo(target).written()).isEmpty();

    assertThat(lab.door().requests()).hasSizeLessThan(10);
    assertThat(lab.door().requests())
        .filteredOn(FrontDoor.Request::isWrite)
        .as("the probe alone, which the service refuses")
        .extracting(request -> request.path.substring(request.path.lastIndexOf('/')))
        .containsExactly("/oci-layout");
  }

  @Test
  void aBlobThatWasCutOffIsSentAgain() throws IOException {
    Location target = lab.newTarget();
    app.exportTo(target);
    Descriptor blob = app.plan().blobs().get(2);
    lab.put(target, S3Location.fileOf(blob.digest()), new byte[3]);

    assertThat(app.exportTo(target).written()).containsExactly(blob);
    app.assertWholeAt(target);
  }

  @Test
  void whatIsBeyondTheListingIsAskedForOneByOne() throws IOException {
    Location target = lab.newTarget();
    app.exportTo(target);
    lab.door().reset();
    lab.door()
        .fates(
            request ->
                request.query.contains("list-type=2")
                    ? Fate.answered(403, "AccessDenied")
                    : Fate.PASSED);

    assertThat(app.exportTo(target).written()).isEmpty();
    assertThat(lab.door().count(request -> request.method.equals("HEAD")))
        .isEqualTo(app.plan().blobs().size());
  }

  @Test
  void contentTypesAreThoseOfTheSpecAndNothingThatABrowserWouldShow() throws IOException {
    InMemoryStore store = new InMemoryStore();
    ImageFactory make = ImageFactory.into(store, 5);
    Descriptor page = make.blob("text/html", "<script>alert(1)</script>");
    make.offer(make.image(List.of(page)), "app:1");
    Shipment shipment = Shipment.of(store);
    Location target = lab.newTarget();

    shipment.exportTo(target);

    assertThat(contentType(target, "index.json")).isEqualTo(MediaTypes.OCI_INDEX);
    assertThat(contentType(target, "oci-layout"))
        .isEqualTo("application/vnd.oci.layout.header.v1+json");
    for (Descriptor blob : shipment.plan().blobs()) {
      assertThat(contentType(target, S3Location.fileOf(blob.digest())))
          .isEqualTo(blob.equals(page) ? "application/octet-stream" : blob.mediaType());
    }
  }

  private String contentType(Location target, String file) throws IOException {
    return head(target, file).contentType();
  }

  private HeadObjectResponse head(Location target, String file) throws IOException {
    S3Location place = S3Location.of(target);
    return lab.admin().headObject(head -> head.bucket(place.bucket()).key(place.key(file)));
  }

  @Test
  void theServiceIsToldTheDigestAndRefusesOtherContent() throws IOException {
    lab.assumeChecksums();
    Location target = lab.newTarget();
    Descriptor blob = app.plan().blobs().get(0);
    WriteSettings settings = WriteSettings.of(S3Lab.options(S3Options.WRITING));
    try (Bucket bucket =
        Bucket.open(
            S3Location.of(target),
            S3Lab.options(S3Options.WRITING),
            GantryException.Kind.TARGET_FAILED)) {
      BlobUploads uploads = new BlobUploads(bucket, settings, notice -> {});
      byte[] other = new byte[(int) blob.size()];

      assertThatThrownBy(() -> uploads.put(blob, other, other.length))
          .isInstanceOf(GantryException.class)
          .hasMessageContaining(blob.digest().encoded())
          .hasMessageContaining("received other bytes than were sent");
      String upload = uploads.begin(blob);
      assertThatThrownBy(() -> uploads.complete(blob.digest(), upload, List.of(), blob.size()))
          .isInstanceOf(GantryException.class);
      uploads.abort(blob.digest(), upload);
    }
    assertThat(lab.objects(target)).isEmpty();
  }

  @Test
  void aLargeBlobTravelsInPartsWithAChecksumEach() throws IOException {
    Shipment large = Shipment.named("app:1", 11 * MIB + 1, 10 * MIB, 5 * MIB);
    Location target = lab.newTarget();

    large.exportTo(target, "part-size=5");

    large.assertWholeAt(target);
    List<FrontDoor.Request> parts =
        lab.door().requests().stream()
            .filter(request -> request.query.contains("partNumber="))
            .toList();
    assertThat(parts).hasSize(3 + 2);
    assertThat(parts)
        .allSatisfy(part -> assertThat(part.header("x-amz-checksum-sha256")).hasSize(44))
        .allSatisfy(
            part ->
                assertThat(Integer.parseInt(part.header("Content-Length"))).isBetween(1, 5 * MIB));
    assertThat(lab.uploads(target)).isZero();
  }

  @Test
  void partsGrowWithTheBlobSoThatTenThousandWillDo() throws IOException {
    WriteSettings settings = WriteSettings.of(S3Lab.options(S3Options.WRITING));
    Descriptor small = app.plan().blobs().get(0);

    assertThat(settings.partBytes(sized(small, 10_000L * 8 * MIB))).isEqualTo(8 * MIB);
    assertThat(settings.partBytes(sized(small, 10_000L * 8 * MIB + 1))).isEqualTo(9 * MIB);
    int largest = settings.partBytes(sized(small, 5L << 40));
    assertThat(largest * 10_000L).isGreaterThanOrEqualTo(5L << 40);
    assertThatThrownBy(() -> settings.partBytes(sized(small, (5L << 40) + 1)))
        .hasMessageContaining("5 TiB");
  }

  private static Descriptor sized(Descriptor blob, long size) {
    return Descriptor.of(blob.mediaType(), blob.digest(), size);
  }

  @Test
  void noMemoryBeyondTheBuffersIsNeeded() throws Exception {
    PartBuffers buffers = new PartBuffers(2, 5 * MIB);
    byte[] first = buffers.take(5 * MIB);
    byte[] second = buffers.take(5 * MIB);
    Thread waiting = new Thread(() -> giveBackOne(buffers));
    waiting.start();
    while (waiting.getState() != Thread.State.WAITING) {
      Thread.onSpinWait();
    }
    buffers.giveBack(first);
    waiting.join();

    assertThat(buffers.take(5 * MIB)).as("a buffer that is used again").isSameAs(first);
    buffers.giveBack(first);
    buffers.giveBack(second);
    // Larger than all there is, so it gets all there is.
    buffers.giveBack(buffers.take(100 * MIB));
  }

  private static void giveBackOne(PartBuffers buffers) {
    try {
      buffers.giveBack(buffers.take(5 * MIB));
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void aBlobThatIsNotCommittedLeavesNoParts() throws Exception {
    CountDownLatch sent = new CountDownLatch(2);
    lab.door()
        .fates(
            request ->
                (one, door) -> {
                  door.forward(one, Integer.MAX_VALUE);
                  if (one.query.contains("partNumber=")) {
                    sent.countDown();
                  }
                });
    Location target = lab.newTarget();
    Shipment large = Shipment.named("app:1", 17 * MIB);
    Descriptor blob = largest(large);
    try (ImageDriver driver = driver(target, "part-size=5")) {
      driver.init(InitOptions.of(large.plan().index(), large.plan().blobs()));
      try (BlobWriter writer = driver.blobWriter(blob)) {
        writer.write(ByteBuffer.wrap(new byte[11 * MIB]));
        sent.await();
      }
    }

    assertThat(lab.uploads(target)).isZero();
    assertThat(lab.objects(target)).isEmpty();
  }

  @Test
  void aPartThatFailsStopsTheOthers() throws IOException {
    Location target = lab.newTarget();
    Shipment large = Shipment.named("app:1", 29 * MIB);
    lab.door()
        .fates(
            request ->
                request.query.contains("partNumber=2")
                    ? Fate.answered(403, "AccessDenied")
                    : Fate.PASSED);

    assertThatThrownBy(() -> large.exportTo(target, "part-size=5", "connections=4"))
        .isInstanceOf(GantryException.class)
        .hasMessageContaining(largest(large).digest().encoded())
        .hasMessageContaining("access denied; allow s3:PutObject");

    assertThat(lab.uploads(target)).isZero();
    List<String> methods =
        lab.door().requests().stream()
            .filter(request -> request.query.contains("uploadId="))
            .map(request -> request.method)
            .toList();
    assertThat(methods).as("nothing is on its way when it is aborted").endsWith("DELETE");
    assertThat(methods.subList(0, methods.size() - 1)).containsOnly("PUT");
  }

  @Test
  void anInterruptThatComesTooLateIsNoFailure() throws IOException {
    Location target = lab.newTarget();
    Thread exporting = Thread.currentThread();
    lab.door()
        .fates(
            request ->
                request.isOf("PUT", "/index.json")
                    ? (put, door) -> {
                      door.forward(put, 0);
                      exporting.interrupt();
                      Fate.STALLED.befall(put, door);
                    }
                    : Fate.PASSED);

    app.exportTo(target);

    assertThat(Thread.interrupted()).as("whether the caller learns of it").isTrue();
    app.assertWholeAt(target);
  }

  @Test
  void spareBuffersCountAsMemory() throws IOException {
    PartBuffers buffers = new PartBuffers(1, 5 * MIB);
    byte[] usual = buffers.take(5 * MIB);
    buffers.giveBack(usual);
    buffers.giveBack(buffers.take(4 * MIB));

    assertThat(buffers.take(5 * MIB)).as("what was let go for another size").isNotSameAs(usual);
  }

  private static Descriptor largest(Shipment shipment) {
    return shipment.plan().blobs().stream()
        .max((one, other) -> Long.compare(one.size(), other.size()))
        .orElseThrow();
  }

  private static ImageDriver driver(Location target, String... options) throws IOException {
    return new S3DriverProvider().open(target, S3Lab.options(S3Options.WRITING, options));
  }

  @Test
  void leftoversOfThisPrefixAreAbortedOnceOldEnough() throws IOException {
    Location target = lab.newTarget();
    Location other = lab.newTarget();
    for (Location place : List.of(target, other)) {
      S3Location at = S3Location.of(place);
      lab.admin()
          .createMultipartUpload(
              create -> create.bucket(at.bucket()).key(at.key("blobs/sha256/" + "0".repeat(64))));
    }

    app.exportTo(target);
    assertThat(lab.uploads(target)).as("one of another export, for all we know").isEqualTo(1);
    app.exportTo(target, "stale-upload-days=0");
    assertThat(lab.uploads(target)).isZero();
    assertThat(lab.uploads(other)).isEqualTo(1);
  }

  @Test
  void aForeignIndexIsNotTouched() throws IOException {
    Location target = lab.newTarget();
    lab.put(target, "index.json", "{\"name\":\"a web site\"}".getBytes(UTF_8));

    for (boolean overwrite : List.of(false, true)) {
      assertThatThrownBy(() -> app.exportTo(target, overwrite))
          .isInstanceOf(GantryException.class)
          .hasMessageContaining("/layout/index.json: is there, but no oci-layout beside it");
    }
    assertThat(lab.objects(target)).containsOnlyKeys("index.json");
  }

  @Test
  void whatIsThereButNotAnIndexIsFoundOutBeforeAnythingIsSent() throws IOException {
    Location target = lab.newTarget();
    app.exportTo(target);
    lab.put(target, "index.json", "[]".getBytes(UTF_8));
    lab.door().reset();

    assertThatThrownBy(() -> app.exportTo(target)).hasMessageContaining("index.json");
    assertThat(lab.door().requests()).noneMatch(FrontDoor.Request::isWrite);
    app.exportTo(target, true);
    app.assertWholeAt(target);
  }

  @Test
  void aServiceThatIgnoresConditionsIsNotTrustedWithAnIndex() throws IOException {
    Location target = lab.newTarget();
    List<String> notices = new ArrayList<>();
    lab.door().fates(this::writing);

    app.exportTo(target, notices::add);
    assertThat(notices)
        .filteredOn(notice -> notice.contains("conditional"))
        .singleElement()
        .asString()
        .contains("/layout/index.json: the service ignores conditional writes");

    Shipment next = Shipment.named("app:2", 1000);
    assertThatThrownBy(() -> next.exportTo(target))
        .isInstanceOf(GantryException.class)
        .hasMessageContaining("ignores conditional writes")
        .hasMessageContaining("last-writer-wins=true");
    assertThat(lab.readBack(target).index().orElseThrow().manifests())
        .isEqualTo(app.plan().index().manifests());

    next.exportTo(target, "last-writer-wins=true");
    assertThat(lab.readBack(target).index().orElseThrow().manifests()).hasSize(2);
  }

  @Test
  void aServiceThatRefusesConditionsIsNotTrustedEither() throws IOException {
    Location target = lab.newTarget();
    lab.door()
        .fates(
            request ->
                request.header("If-Match").isEmpty() && request.header("If-None-Match").isEmpty()
                    ? Fate.PASSED
                    : Fate.answered(501, "NotImplemented"));
    List<String> notices = new ArrayList<>();

    app.exportTo(target, notices::add);
    assertThat(notices)
        .filteredOn(notice -> notice.contains("conditional"))
        .singleElement()
        .asString()
        .contains("refuses conditional writes");
    assertThatThrownBy(() -> Shipment.named("app:2", 10).exportTo(target))
        .hasMessageContaining("refuses conditional writes");
    app.exportTo(target, "last-writer-wins=true");
  }

  /** Writes whatever the conditions, as services do that do not know them. */
  private Fate writing(FrontDoor.Request request) {
    if (!request.method.equals("PUT") || request.path.contains("/blobs/")) {
      return Fate.PASSED;
    }
    return (put, door) -> {
      String key = put.path.substring(("/" + S3Lab.BUCKET + "/").length());
      byte[] body = put.body();
      lab.admin().putObject(to -> to.bucket(S3Lab.BUCKET).key(key), RequestBody.fromBytes(body));
      Fate.answered(200, "").befall(put, door);
    };
  }

  @Test
  void aServiceThatComparesTagsWithoutQuotesIsUnderstood() throws IOException {
    Location target = lab.newTarget();
    app.exportTo(target);
    lab.door()
        .fates(
            request ->
                request.isOf("PUT", "/index.json") && request.header("If-Match").startsWith("\"")
                    ? Fate.answered(412, "PreconditionFailed")
                    : Fate.PASSED);

    Shipment.named("app:2", 1000).exportTo(target);

    assertThat(lab.readBack(target).index().orElseThrow().manifests()).hasSize(2);
    assertThat(lab.door().count(r -> r.isOf("PUT", "/index.json"))).isEqualTo(3);
  }

  @Test
  void aServiceThatDoesNotConfirmChecksumsIsNoticed() throws IOException {
    lab.assumeChecksums();
    List<String> notices = new ArrayList<>();
    app.exportTo(lab.newTarget(), notices::add);
    assertThat(notices).isEmpty();

    lab.door().fates(request -> Fate.answeredWithout("x-amz-checksum-sha256"));
    app.exportTo(lab.newTarget(), notices::add);
    assertThat(notices)
        .singleElement()
        .asString()
        .contains("the service does not confirm SHA-256 checksums");
    lab.door().reset();

    Location plain = lab.newTarget();
    app.exportTo(plain, "checksums=false");
    app.assertWholeAt(plain);
    assertThat(lab.door().requests())
        .filteredOn(request -> request.path.contains(plain.path().substring(2)))
        .allSatisfy(request -> assertThat(request.header("x-amz-checksum-sha256")).isEmpty());
  }

  @Test
  void namesOfOthersSurviveARaceThatIsLost() throws IOException {
    Location target = lab.newTarget();
    app.exportTo(target);
    Shipment rival = Shipment.named("rival:1", 100);
    Shipment ours = Shipment.named("ours:1", 100);
    boolean[] raced = new boolean[1];
    lab.door()
        .fates(
            request ->
                (one, door) -> {
                  if (one.isOf("PUT", "/index.json") && !raced[0]) {
                    raced[0] = true;
                    byte[] current = lab.object(target, "index.json");
                    lab.put(
                        target, "index.json", rival.plan().index().addedTo("index.json", current));
                  }
                  door.forward(one, Integer.MAX_VALUE);
                });

    ours.exportTo(target);

    assertThat(names(lab.readBack(target).index().orElseThrow()))
        .containsExactlyInAnyOrder("1 of app", "1 of rival", "1 of ours");
  }

  private static Set<String> names(Index index) {
    return index.manifests().stream()
        .map(
            image ->
                "1 of "
                    + image
                        .annotations()
                        .getOrDefault("io.containerd.image.name", "?")
                        .replaceAll(".*/|:.*", ""))
        .collect(Collectors.toSet());
  }

  @Test
  void whatABucketMayBeCalledIsCheckedBeforeAnythingElse() {
    for (String bad :
        List.of(
            "s3:bucket/a",
            "s3:///a",
            "s3://bucket:tag",
            "s3://b c/a",
            "s3://bucket/a//b",
            "s3://bucket/../b",
            "s3://bucket/./b")) {
      assertThatThrownBy(() -> driver(Location.parse(bad)))
          .as(bad)
          .isInstanceOf(GantryException.class)
          .hasMessageStartingWith("'" + bad + "': ");
    }
  }

  @Test
  void aPrefixIsWhatAUserMeansByIt() throws IOException {
    assertThat(S3Location.of(Location.parse("s3://bucket")).key("x")).isEqualTo("x");
    assertThat(S3Location.of(Location.parse("s3://bucket/")).key("x")).isEqualTo("x");
    assertThat(S3Location.of(Location.parse("s3://bucket/a/b")).key("x")).isEqualTo("a/b/x");
    assertThat(S3Location.of(Location.parse("s3://bucket/a/b/")).key("x")).isEqualTo("a/b/x");
    assertThat(S3Location.of(Location.parse("s3://bucket/a:1.0")).key("x")).isEqualTo("a/x");
    assertThat(S3Location.of(Location.parse("s3://bucket/:1.0")).key("x")).isEqualTo("x");
  }

  @Test
  void anEndpointWithAPasswordIsRefusedWithoutRepeatingIt() {
    for (String bad : Arrays.asList("http://me:secret@host", "ftp://secret", "secret", "http://")) {
      assertThatThrownBy(() -> driver(lab.newTarget(), "endpoint=" + bad))
          .isInstanceOf(GantryException.class)
          .hasMessageContaining("endpoint")
          .message()
          .doesNotContain("secret");
    }
  }

  @Test
  void aKeyWithoutItsEncryptionIsAMistake() {
    assertThatThrownBy(() -> driver(lab.newTarget(), "kms-key=alias/mine"))
        .hasMessageContaining("encryption=kms");
  }

  @Test
  void storageClassAndEncryptionAreAskedFor() throws IOException {
    lab.assumeEncryption();
    lab.door().fates(request -> Fate.PASSED);
    Shipment large = Shipment.named("app:1", 6 * MIB, 100);
    large.exportTo(
        lab.newTarget(),
        "part-size=5",
        "storage-class=STANDARD_IA",
        "encryption=s3",
        "request-payer=true");

    List<FrontDoor.Request> making =
        lab.door().requests().stream()
            .filter(request -> request.isWrite() && !request.query.contains("uploadId="))
            .toList();
    assertThat(making)
        .allSatisfy(
            request ->
                assertThat(request.header("x-amz-server-side-encryption")).isEqualTo("AES256"))
        .allSatisfy(
            request ->
                assertThat(request.header("x-amz-storage-class"))
                    .as(request.toString())
                    .isEqualTo(request.path.contains("/blobs/") ? "STANDARD_IA" : ""));
    assertThat(lab.door().requests())
        .allSatisfy(
            request -> assertThat(request.header("x-amz-request-payer")).isEqualTo("requester"));
  }
}
