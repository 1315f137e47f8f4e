package io.gantry.driver.s3;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gantry.api.GantryException;
import io.gantry.api.GantryException.Kind;
import io.gantry.api.content.BlobReader;
import io.gantry.api.content.ContentStore;
import io.gantry.api.oci.Descriptor;
import io.gantry.api.oci.Digest;
import io.gantry.api.oci.DigestAlgorithm;
import io.gantry.api.provider.Location;
import io.gantry.driver.s3.FrontDoor.Fate;
import io.gantry.driver.s3.FrontDoor.Request;
import io.gantry.testkit.ImageFactory;
import io.gantry.testkit.InMemoryStore;
import io.gantry.testkit.OciLayout;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What reading a layout asks of the service, and what it does with the answers. */
@Timeout(120)
class S3StoreTest {
  private static final int MIB = 1024 * 1024;
  private static final int WINDOW = ObjectReader.WINDOW_BYTES;
  private static final Predicate<Request> OF_A_BLOB = request -> request.path.contains("/blobs/");

  private final S3Lab lab = S3Lab.open();
  private final InMemoryStore content = new InMemoryStore();
  private final Location source = lab.newTarget();
  private final Descriptor large;
  private final Descriptor small;
  private final Descriptor empty;

  S3StoreTest() throws IOException {
    ImageFactory make = ImageFactory.into(content, 7);
    large = make.layer(2 * WINDOW + MIB);
    small = make.layer(1000);
    empty = make.layer(0);
    make.offer(make.image(List.of(large, small)), "app:1");
    for (Map.Entry<String, byte[]> file : OciLayout.files(content).entrySet()) {
      lab.put(source, file.getKey(), file.getValue());
    }
  }

  private ContentStore open(String... options) throws IOException {
    return new S3StoreProvider().open(source, S3Lab.options(S3Options.READING, options));
  }

  private byte[] bytes(Descriptor blob) {
    return content.content(blob.digest()).orElseThrow();
  }

  private String url(Descriptor blob) throws IOException {
    return S3Location.of(source).url(S3Location.fileOf(blob.digest()));
  }

  private static byte[] readAll(BlobReader reader) throws IOException {
    ByteBuffer all = ByteBuffer.allocate((int) reader.size());
    ByteBuffer some = ByteBuffer.allocate(256 * 1024);
    while (reader.read(some.clear(), all.position()) >= 0) {
      all.put(some.flip());
    }
    return all.array();
  }

  private static byte[] read(BlobReader reader, long position, int length) throws IOException {
    ByteBuffer some = ByteBuffer.allocate(length);
    int count = reader.read(some, position);
    return Arrays.copyOf(some.array(), Math.max(0, count));
  }

  private List<String> ranges() {
    return lab.door().requests().stream()
        .filter(OF_A_BLOB)
        .map(request -> request.header("Range"))
        .toList();
  }

  @Test
  void aSmallBlobIsOneRequest() throws IOException {
    try (ContentStore store = open();
        BlobReader reader = store.open(small)) {
      assertThat(readAll(reader)).isEqualTo(bytes(small));
    }
    assertThat(ranges()).containsExactly("bytes=0-999");
  }

  @Test
  void anEmptyBlobIsAskedForItsSizeOnly() throws IOException {
    try (ContentStore store = open();
        BlobReader reader = store.open(empty)) {
      assertThat(reader.size()).isZero();
      assertThat(read(reader, 0, 1)).isEmpty();
    }
    assertThat(lab.door().requests())
        .filteredOn(OF_A_BLOB)
        .extracting(request -> request.method)
        .containsExactly("HEAD");
  }

  @Test
  void aLargeBlobReadFromItsBeginningIsOneRequestAWindow() throws IOException {
    try (ContentStore store = open();
        BlobReader reader = store.open(large)) {
      assertThat(readAll(reader)).isEqualTo(bytes(large));
    }
    assertThat(ranges())
        .containsExactlyInAnyOrder(
            "bytes=0-" + (WINDOW - 1),
            "bytes=%d-%d".formatted(WINDOW, 2 * WINDOW - 1),
            "bytes=%d-%d".formatted(2 * WINDOW, large.size() - 1));
  }

  @Test
  void whoJumpsGetsWhatIsAskedForAndNoMore() throws IOException {
    try (ContentStore store = open();
        BlobReader reader = store.open(large)) {
      lab.door().reset();
      for (int position : new int[] {2 * WINDOW + 10, WINDOW + 5, (int) large.size() - 3}) {
        assertThat(read(reader, position, 100))
            .isEqualTo(
                Arrays.copyOfRange(
                    bytes(large), position, (int) Math.min(position + 100, large.size())));
      }
    }
    assertThat(ranges())
        .containsExactly(
            "bytes=%d-%d".formatted(2 * WINDOW + 10, 2 * WINDOW + 109),
            "bytes=%d-%d".formatted(WINDOW + 5, WINDOW + 104),
            "bytes=%d-%d".formatted(large.size() - 3, large.size() - 1));
  }

  @Test
  void aBlobThatIsReplacedWhileItIsReadIsNotMixed() throws IOException {
    try (ContentStore store = open();
        BlobReader reader = store.open(large)) {
      byte[] other = bytes(large);
      other[WINDOW + 1]++;
      lab.put(source, S3Location.fileOf(large.digest()), other);

      assertThatThrownBy(() -> readAll(reader))
          .isInstanceOfSatisfying(
              GantryException.class, e -> assertThat(e.kind()).isEqualTo(Kind.SOURCE_FAILED))
          .hasMessage(url(large) + ": changed while it was read; export again");
    }
    assertThat(lab.door().requests())
        .filteredOn(OF_A_BLOB.and(request -> !request.header("Range").startsWith("bytes=0-")))
        .isNotEmpty()
        .allSatisfy(request -> assertThat(request.header("If-Match")).isNotEmpty());
  }

  @Test
  void aBlobThatIsRemovedWhileItIsReadIsTold() throws IOException {
    try (ContentStore store = open();
        BlobReader reader = store.open(large)) {
      lab.clear(source);
      assertThatThrownBy(() -> readAll(reader))
          .hasMessage(url(large) + ": changed while it was read; export again");
    }
  }

  @Test
  void whatIsCutIsAskedForAgain() throws IOException {
    for (Fate cut :
        List.of(Fate.cutAfter(40), Fate.cutAfter(100_000), Fate.LAST_BYTE_LOST, Fate.RESET)) {
      for (int n = 1; n <= 3; n++) {
        int nth = n;
        AtomicInteger seen = new AtomicInteger();
        lab.door().reset();
        lab.door()
            .fates(
                request ->
                    OF_A_BLOB.test(request) && seen.incrementAndGet() == nth ? cut : Fate.PASSED);
        try (ContentStore store = open();
            BlobReader reader = store.open(large)) {
          assertThat(readAll(reader)).isEqualTo(bytes(large));
        }
        assertThat(lab.door().count(OF_A_BLOB)).isEqualTo(4);
      }
    }
  }

  @Test
  void whatIsCutForEverIsTold() throws IOException {
    lab.door().fates(request -> OF_A_BLOB.test(request) ? Fate.LAST_BYTE_LOST : Fate.PASSED);
    try (ContentStore store = open()) {
      assertThatThrownBy(() -> store.open(small))
          .isInstanceOfSatisfying(
              GantryException.class, e -> assertThat(e.kind()).isEqualTo(Kind.SOURCE_FAILED))
          .hasMessageStartingWith(url(small) + ": the connection broke (")
          .hasMessageEndingWith("), also after 2 attempts; try again");
    }
  }

  @Test
  void theSizeIsThatOfTheObjectWhateverTheDescriptorSays() throws IOException {
    for (long said : new long[] {0, 1, small.size() - 1, small.size() + 1, 2L * WINDOW}) {
      try (ContentStore store = open();
          BlobReader reader = store.open(Descriptor.of(small.mediaType(), small.digest(), said))) {
        assertThat(reader.size()).as("%d", said).isEqualTo(small.size());
        assertThat(readAll(reader)).isEqualTo(bytes(small));
      }
    }
  }

  @Test
  void aBlobThatWasCutInTheBucketFailsTheExport() throws IOException {
    lab.put(source, S3Location.fileOf(small.digest()), new byte[3]);
    Shipment shipment = Shipment.of(content);
    try (ContentStore store = open()) {
      assertThatThrownBy(
              () -> shipment.export(store, lab.newTarget(), false, notice -> {}, "connections=1"))
          .isInstanceOfSatisfying(
              GantryException.class, e -> assertThat(e.kind()).isEqualTo(Kind.CONTENT_MISMATCH))
          .hasMessageContaining(small.digest().toString());
    }
  }

  @Test
  void aServiceThatDoesNotKnowRangesServesSmallBlobsAndNoOthers() throws IOException {
    lab.door()
        .fates(
            request ->
                !OF_A_BLOB.test(request)
                    ? Fate.PASSED
                    : Fate.answered(
                        200,
                        Map.of("ETag", "\"1\""),
                        bytes(request.path.contains(small.digest().encoded()) ? small : large)));
    try (ContentStore store = open()) {
      try (BlobReader reader = store.open(small)) {
        assertThat(readAll(reader)).isEqualTo(bytes(small));
      }
      try (BlobReader reader = store.open(large)) {
        assertThat(reader.size()).isEqualTo(large.size());
        assertThatThrownBy(() -> readAll(reader))
            .isInstanceOfSatisfying(
                GantryException.class, e -> assertThat(e.kind()).isEqualTo(Kind.SOURCE_FAILED))
            .hasMessageStartingWith(url(large) + ": the service does not know ranged reads");
      }
    }
  }

  @Test
  void whoClosesABlobDoesNotWaitForTheWindowAhead() throws Exception {
    CountDownLatch asked = new CountDownLatch(1);
    CountDownLatch gone = new CountDownLatch(1);
    lab.door()
        .fates(
            request ->
                request.header("Range").startsWith("bytes=" + WINDOW)
                    ? (one, door) -> {
                      asked.countDown();
                      try {
                        Fate.STALLED.befall(one, door);
                      } finally {
                        gone.countDown();
                      }
                    }
                    : Fate.PASSED);
    try (ContentStore store = open("timeout=3600")) {
      try (BlobReader reader = store.open(large)) {
        assertThat(read(reader, 0, 10)).isEqualTo(Arrays.copyOf(bytes(large), 10));
        asked.await();
      }
      gone.await();
      try (BlobReader again = store.open(small)) {
        assertThat(readAll(again)).isEqualTo(bytes(small));
      }
    }
  }

  @Test
  void anIndexThatIsTooLargeIsNotRead() throws IOException {
    byte[] beginning = new byte[64 * 1024];
    lab.door()
        .fates(
            request ->
                request.isOf("GET", "/index.json")
                    ? Fate.answered(
                        200,
                        Map.of("ETag", "\"1\"", "Content-Length", String.valueOf(1L << 40)),
                        beginning)
                    : Fate.PASSED);

    assertThatThrownBy(this::open)
        .isInstanceOfSatisfying(
            GantryException.class, e -> assertThat(e.kind()).isEqualTo(Kind.INVALID_IMAGE))
        .hasMessage(
            S3Location.of(source).url("index.json")
                + ": 1099511627776 bytes are more than the 33554432 that are read of it");
    assertThat(lab.door().requests()).hasSize(1);
  }

  @Test
  void whatIsNoLayoutIsTold() throws IOException {
    S3Location place = S3Location.of(source);
    for (String file : List.of("oci-layout", "index.json")) {
      byte[] bytes = lab.object(source, file);
      lab.admin().deleteObject(delete -> delete.bucket(place.bucket()).key(place.key(file)));
      assertThatThrownBy(this::open)
          .isInstanceOfSatisfying(
              GantryException.class, e -> assertThat(e.kind()).isEqualTo(Kind.NOT_FOUND))
          .hasMessage(place + " is no OCI image layout, it has no " + file);
      lab.put(source, file, bytes);
    }
    lab.put(source, "oci-layout", "{\"imageLayoutVersion\":\"2.0.0\"}".getBytes(UTF_8));
    assertThatThrownBy(this::open)
        .isInstanceOfSatisfying(
            GantryException.class, e -> assertThat(e.kind()).isEqualTo(Kind.INVALID_IMAGE))
        .hasMessageContaining("oci-layout");
  }

  @Test
  void aPublicBucketIsReadWithoutASignature() throws IOException {
    Map<String, byte[]> files = lab.objects(source);
    String prefix = "/" + S3Lab.BUCKET + "/" + S3Location.of(source).prefix();
    lab.door()
        .fates(
            request ->
                Fate.answered(
                    200,
                    Map.of("ETag", "\"1\""),
                    requireNonNull(files.get(request.path.substring(prefix.length())))));
    try (ContentStore store = open("anonymous=true");
        BlobReader reader = store.open(small)) {
      assertThat(readAll(reader)).isEqualTo(bytes(small));
    }
    assertThat(lab.door().requests())
        .hasSize(3)
        .allSatisfy(request -> assertThat(request.header("Authorization")).isEmpty());
  }

  @Test
  void listsAllPagesOfBlobsAndNothingElse() throws IOException {
    lab.put(source, "blobs/readme", new byte[0]);
    lab.put(source, "blobs/sha256/unfinished.tmp", new byte[0]);
    lab.put(source, "blobs/sha256/" + "a".repeat(64) + "/b", new byte[0]);
    List<Digest> expected = new ArrayList<>(content.digests());
    for (int i = 0; i < 1001; i++) {
      Digest digest = Digest.of(DigestAlgorithm.SHA256, new byte[i]);
      lab.put(source, S3Location.fileOf(digest), new byte[0]);
      expected.add(digest);
    }
    expected.remove(empty.digest());
    try (ContentStore store = open()) {
      assertThat(store.blobs().orElseThrow()).containsExactlyInAnyOrderElementsOf(expected);
    }
  }

  @Test
  void tellsNothingOfItsBlobsToWhoMayNotList() throws IOException {
    lab.door()
        .fates(
            request ->
                request.query.contains("list-type=2")
                    ? Fate.answered(403, "AccessDenied")
                    : Fate.PASSED);
    try (ContentStore store = open()) {
      assertThat(store.blobs()).isEmpty();
    }
  }
}
