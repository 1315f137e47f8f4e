package io.gantry.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatNoException;

import io.gantry.api.GantryException;
import io.gantry.api.GantryException.Kind;
import io.gantry.api.content.BlobReader;
import io.gantry.api.content.ContentStore;
import io.gantry.api.export.ExportPlan;
import io.gantry.api.export.ExportRequest;
import io.gantry.api.export.Selection;
import io.gantry.api.oci.Descriptor;
import io.gantry.api.oci.Digest;
import io.gantry.api.oci.DigestAlgorithm;
import io.gantry.api.oci.ImageDocument;
import io.gantry.api.oci.MediaTypes;
import io.gantry.api.oci.Platform;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The walk and the plan: what an export moves, in which order, and what it refuses to look at. */
class ExportPlanTest {
  private static final Pattern CHILD =
      Pattern.compile("\"mediaType\":\"([^\"]*)\",\"digest\":\"([^\"]*)\"");

  private final InMemoryStore store = new InMemoryStore();
  private final ImageFactory make = ImageFactory.into(store, 11);

  private ExportPlan plan() throws GantryException {
    return ExportPlan.of(store, ExportRequest.everything());
  }

  private GantryException refused(Kind kind) {
    GantryException refusal =
        Assertions.assertThrows(
            GantryException.class, () -> ExportPlan.of(store, ExportRequest.everything()));
    assertThat(refusal.kind()).as(refusal.getMessage()).isEqualTo(kind);
    assertThat(refusal.getMessage()).hasLineCount(1);
    return refusal;
  }

  private static List<Digest> digests(List<Descriptor> descriptors) {
    return descriptors.stream().map(Descriptor::digest).toList();
  }

  static LongStream seeds() {
    return LongStream.concat(
        LongStream.rangeClosed(1, 40), LongStream.of(ThreadLocalRandom.current().nextLong()));
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void findsWhatIsReachableOnceAndInTheOrderOfTheDigests(long seed) throws GantryException {
    ImageFactory random = ImageFactory.into(store, seed);
    random.offer(random.anything());
    random.offer(random.anything(), "second");
    Set<Digest> reachable = new TreeSet<>();
    Set<Digest> absent = new TreeSet<>();
    store.roots().forEach(root -> collect(root.mediaType(), root.digest(), reachable, absent));

    ExportPlan plan = plan();

    assertThat(digests(plan.blobs())).containsExactlyElementsOf(reachable);
    assertThat(digests(plan.skipped())).containsExactlyElementsOf(absent);
    assertThat(plan.index().manifests()).isEqualTo(store.roots());
    assertThat(plan.totalBytes())
        .isEqualTo(reachable.stream().mapToLong(d -> store.content(d).orElseThrow().length).sum());
  }

  /** Another walk, which knows nothing of JSON: the factory writes type and digest side by side. */
  private void collect(String mediaType, Digest digest, Set<Digest> reachable, Set<Digest> absent) {
    if (store.content(digest).isEmpty()) {
      absent.add(digest);
      return;
    }
    if (reachable.add(digest) && (MediaTypes.isIndex(mediaType) || isManifest(mediaType))) {
      String text = new String(store.content(digest).orElseThrow(), StandardCharsets.UTF_8);
      Matcher child = CHILD.matcher(text);
      while (child.find()) {
        collect(child.group(1), Digest.parse(child.group(2)), reachable, absent);
      }
    }
  }

  private static boolean isManifest(String mediaType) {
    return MediaTypes.isManifest(mediaType);
  }

  @Test
  void ordersSha256BeforeSha512() throws GantryException {
    make.offer(make.index(make.digestedBy(DigestAlgorithm.SHA512).image(10), make.image(10)));
    assertThat(digests(plan().blobs())).isSorted();
    assertThat(plan().blobs().get(0).digest().algorithm()).isEqualTo(DigestAlgorithm.SHA256);
  }

  @Test
  void listsASharedLayerOnce() throws GantryException {
    Descriptor shared = make.layer(100);
    Descriptor first = make.image(List.of(shared, shared));
    Descriptor second = make.image(List.of(make.layer(50), shared));
    make.offer(make.index(first, second, first), "app:1");
    make.offer(first, "app:2");
    assertThat(digests(plan().blobs()))
        .doesNotHaveDuplicates()
        .contains(shared.digest())
        .hasSize(1 + 2 + 2 + 2);
  }

  @Test
  void doesNotHoldOnToAnnotations() throws GantryException {
    Descriptor layer = make.layer(10).withAnnotations(Map.of("weighs", "a lot"));
    make.offer(make.image(List.of(layer)));
    assertThat(plan().blobs())
        .extracting(Descriptor::annotations)
        .allSatisfy(annotations -> assertThat(annotations).isEmpty());
  }

  @Test
  void carriesTheEmptyBlob() throws GantryException {
    make.offer(make.image(0, 0));
    assertThat(plan().blobs()).extracting(Descriptor::size).contains(0L);
  }

  @Test
  void doesNotFollowTheSubject() throws GantryException {
    Descriptor elsewhere = Descriptor.of(MediaTypes.OCI_MANIFEST, make.unusedDigest(), 500);
    make.offer(make.artifact("application/vnd.example.sbom", elsewhere, 30));
    assertThat(digests(plan().blobs())).doesNotContain(elsewhere.digest()).hasSize(3);
    assertThat(plan().images()).isEmpty();
  }

  @Test
  void treatsAManifestInThePlaceOfALayerAsALeaf() throws GantryException {
    Descriptor hidden = make.image(List.of(make.absentLayer(MediaTypes.OCI_LAYER_GZIP, 10)));
    Descriptor leaf = Descriptor.of("application/octet-stream", hidden.digest(), hidden.size());
    make.offer(make.image(List.of(leaf)));
    assertThat(digests(plan().blobs())).contains(hidden.digest()).hasSize(3);
  }

  @Test
  void followsABlobThatIsALeafFirstAndAManifestLater() throws GantryException {
    Descriptor layer = make.layer(77);
    Descriptor image = make.image(List.of(layer));
    Descriptor leaf = Descriptor.of("application/octet-stream", image.digest(), image.size());
    make.offer(make.index(make.image(List.of(leaf)), image));
    assertThat(digests(plan().blobs())).contains(layer.digest());
  }

  @ParameterizedTest
  @ValueSource(strings = {ImageFactory.FOREIGN, ImageFactory.NON_DISTRIBUTABLE})
  void skipsALayerThatMayNotBeDistributedOnlyWhenItIsAbsent(String mediaType)
      throws GantryException {
    Descriptor present = make.layer(mediaType, 40);
    Descriptor absent = make.absentLayer(mediaType, 60);
    make.offer(make.image(List.of(present, absent)));
    assertThat(plan().skipped()).containsExactly(absent);
    assertThat(plan().blobs()).contains(present).doesNotContain(absent);
  }

  @Test
  void namesALayerThatIsMissing() {
    Descriptor absent = make.absentLayer(MediaTypes.OCI_LAYER_GZIP, 60);
    make.offer(make.image(List.of(absent)));
    assertThat(refused(Kind.NOT_FOUND)).hasMessageContaining(absent.digest().toString());
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 59, 61, 100_000})
  void comparesTheSizeOfALayerWithTheStore(int stored) {
    Descriptor layer = make.layer(60);
    make.offer(make.image(List.of(layer)));
    store.put(layer.digest(), new byte[stored]);
    assertThat(refused(Kind.CONTENT_MISMATCH))
        .hasMessageContaining(layer.digest().toString())
        .hasMessageContaining("60")
        .hasMessageContaining(Integer.toString(stored));
  }

  @ParameterizedTest
  @CsvSource({"-1, false", "1, false", "0, true"})
  void verifiesManifestsWhenItReadsThem(int longer, boolean flip) {
    Descriptor image = make.offer(make.image(60));
    byte[] content = store.content(image.digest()).orElseThrow();
    byte[] altered = Arrays.copyOf(content, content.length + longer);
    if (flip) {
      altered[20] ^= 1;
    }
    store.put(image.digest(), altered);
    assertThat(refused(Kind.CONTENT_MISMATCH)).hasMessageContaining(image.digest().toString());
  }

  @Test
  void refusesOneDigestWithTwoSizes() {
    Descriptor layer = make.layer(60);
    Descriptor larger = Descriptor.of(layer.mediaType(), layer.digest(), 61);
    make.offer(make.image(List.of(layer, larger)));
    assertThat(refused(Kind.CONTENT_MISMATCH)).hasMessageContaining(layer.digest().toString());
  }

  @Test
  void isNotSlowedDownByAGraphOfManyPaths() {
    Descriptor top = make.image(10);
    for (int i = 0; i < 30; i++) {
      top = make.index(top, top);
    }
    make.offer(top);
    ExportPlan plan = Assertions.assertTimeoutPreemptively(Duration.ofSeconds(20), this::plan);
    assertThat(plan.blobs()).hasSize(3 + 30);
  }

  @ParameterizedTest
  @CsvSource({"31, true", "32, true", "33, false", "1000, false"})
  void refusesIndexesThatAreNestedTooDeep(int depth, boolean accepted) {
    Descriptor top = make.index(List.of());
    for (int i = 0; i < depth; i++) {
      top = make.index(top);
    }
    make.offer(top);
    if (accepted) {
      assertThatNoException().isThrownBy(this::plan);
    } else {
      assertThat(refused(Kind.INVALID_IMAGE)).hasMessageContaining("deep");
    }
  }

  @Test
  void refusesAManifestThatIsTooLargeWithoutReadingIt() {
    Descriptor huge =
        Descriptor.of(MediaTypes.OCI_MANIFEST, make.unusedDigest(), ImageDocument.MAX_BYTES + 1L);
    make.offer(huge);
    assertThat(refused(Kind.INVALID_IMAGE)).hasMessageContaining(huge.digest().toString());
  }

  static List<String> badDocuments() {
    String sound = "\"schemaVersion\":2,\"config\":%s".formatted(emptyJson());
    return List.of(
        "",
        "not json",
        "[]",
        "{}",
        "{%s}".formatted(sound),
        "{%s,\"layers\":[],\"layers\":[]}".formatted(sound),
        "{%s,\"layers\":[],\"manifests\":[]}".formatted(sound),
        "{%s,\"layers\":[],\"mediaType\":\"%s\"}".formatted(sound, MediaTypes.OCI_INDEX),
        "{%s,\"layers\":{}}".formatted(sound),
        "{%s,\"layers\":[1]}".formatted(sound),
        "{%s,\"layers\":[]} trailing".formatted(sound),
        "{\"schemaVersion\":1,\"layers\":[]}",
        "{\"schemaVersion\":2,\"layers\":[]}",
        layers("\"digest\":\"sha256:../../etc/passwd\",\"size\":1"),
        layers("\"digest\":\"sha256:abc\",\"size\":1"),
        layers("\"digest\":\"\",\"size\":1"),
        layers("\"digest\":\"blake3:%s\",\"size\":1".formatted("a".repeat(64))),
        layers("\"digest\":\"sha256:%s\",\"size\":1".formatted("A".repeat(64))),
        layers("\"digest\":\"sha256:%s\",\"size\":-1".formatted("a".repeat(64))),
        layers("\"digest\":\"sha256:%s\",\"size\":9223372036854775808".formatted("a".repeat(64))),
        layers("\"digest\":\"sha256:%s\",\"size\":\"1\"".formatted("a".repeat(64))),
        layers("\"digest\":\"sha256:%s\"".formatted("a".repeat(64))),
        "{\"schemaVersion\":2,\"layers\":" + "[".repeat(100_000) + "]".repeat(100_000) + "}");
  }

  private static String layers(String members) {
    return "{\"schemaVersion\":2,\"config\":%s,\"layers\":[{\"mediaType\":\"%s\",%s}]}"
        .formatted(emptyJson(), MediaTypes.OCI_LAYER_GZIP, members);
  }

  private static String emptyJson() {
    return ImageFactory.json(
        Descriptor.of(
            MediaTypes.OCI_EMPTY, DigestAlgorithm.SHA256, "{}".getBytes(StandardCharsets.UTF_8)));
  }

  @ParameterizedTest
  @MethodSource("badDocuments")
  void refusesABrokenManifestByItsDigest(String text) {
    Descriptor bad = make.offer(make.blob(MediaTypes.OCI_MANIFEST, text));
    assertThat(refused(Kind.INVALID_IMAGE)).hasMessageContaining(bad.digest().toString());
  }

  @Test
  void comparesEmbeddedDataWithItsDigest() throws GantryException {
    byte[] content = "{}".getBytes(StandardCharsets.UTF_8);
    Descriptor empty = make.blob(MediaTypes.OCI_EMPTY, content);
    make.offer(make.manifest(withData(empty, content), List.of()));
    assertThat(plan().blobs()).hasSize(2);
    make.offer(make.manifest(withData(empty, new byte[] {'[', ']'}), List.of()));
    assertThat(refused(Kind.CONTENT_MISMATCH)).hasMessageContaining("data");
  }

  private static Descriptor withData(Descriptor descriptor, byte[] data) {
    return new Descriptor(
        descriptor.mediaType(),
        descriptor.digest(),
        descriptor.size(),
        descriptor.urls(),
        descriptor.annotations(),
        Optional.of(Base64.getEncoder().encodeToString(data)),
        descriptor.platform(),
        descriptor.artifactType(),
        descriptor.unknownFields());
  }

  @Test
  void followsThePlatformsThatAreAskedFor() throws GantryException {
    Descriptor amd = make.on("linux/amd64", make.image(10));
    Descriptor arm = make.on("linux/arm64", make.image(20));
    Descriptor old = make.on("linux/arm/v6", make.image(30));
    Descriptor unmarked = make.image(40);
    Descriptor index = make.offer(make.index(amd, arm, old, unmarked));
    List<Platform> wanted =
        List.of(Platform.parse("linux/arm64/v8"), Platform.parse("linux/arm/6"));
    ExportPlan plan = ExportPlan.of(store, ExportRequest.everything().platforms(wanted));
    assertThat(digests(plan.blobs()))
        .contains(index.digest(), arm.digest(), old.digest(), unmarked.digest())
        .doesNotContain(amd.digest())
        .hasSize(1 + 3 * 3);
  }

  @Test
  void namesThePlatformsThatThereAre() {
    make.offer(
        make.multiPlatform(List.of(Platform.parse("linux/amd64"), Platform.parse("linux/arm64"))));
    ExportRequest request =
        ExportRequest.everything().platforms(List.of(Platform.parse("windows/amd64")));
    assertThatExceptionOfType(GantryException.class)
        .isThrownBy(() -> ExportPlan.of(store, request))
        .withMessageContaining("windows/amd64")
        .withMessageContaining("linux/amd64, linux/arm64")
        .extracting(GantryException::kind)
        .isEqualTo(Kind.NOT_FOUND);
  }

  @Test
  void findsAPlatformInWhicheverIndexOfTheImageItIs() throws GantryException {
    Descriptor amd = make.on("linux/amd64", make.image(10));
    Descriptor arm = make.on("linux/arm64", make.image(20));
    Descriptor nested = make.index(arm);
    make.offer(make.index(amd, nested), "first");
    make.offer(make.index(nested), "second");
    ExportPlan plan =
        ExportPlan.of(
            store, ExportRequest.everything().platforms(List.of(Platform.parse("linux/arm64"))));
    assertThat(digests(plan.blobs()))
        .contains(arm.digest(), nested.digest())
        .doesNotContain(amd.digest());
    ExportRequest amdOnly =
        ExportRequest.everything()
            .select(List.of(new Selection.ByName("first")))
            .platforms(List.of(Platform.parse("linux/amd64")));
    assertThat(digests(ExportPlan.of(store, amdOnly).blobs()))
        .contains(amd.digest(), nested.digest())
        .doesNotContain(arm.digest());
  }

  @Test
  void doesNotNeedThePlatformsThatAreNotAskedFor() throws GantryException {
    Descriptor absent = Descriptor.of(MediaTypes.OCI_MANIFEST, make.unusedDigest(), 400);
    make.offer(make.index(make.on("linux/arm64", make.image(10)), make.on("linux/amd64", absent)));
    ExportRequest request =
        ExportRequest.everything().platforms(List.of(Platform.parse("linux/arm64")));
    assertThat(ExportPlan.of(store, request).blobs()).hasSize(4);
    assertThat(refused(Kind.NOT_FOUND)).hasMessageContaining(absent.digest().toString());
  }

  @ParameterizedTest
  @ValueSource(strings = {BottomlessStore.PRESENT, ImageFactory.FOREIGN})
  void refusesMoreBlobsThanAnyImageHasPresentOrAbsent(String mediaType) {
    List<Descriptor> manifests = new ArrayList<>();
    Descriptor config = make.blob(MediaTypes.OCI_EMPTY, "{}");
    for (int first = 0; first <= 250_000; first += 20_000) {
      manifests.add(
          make.manifest(
              config,
              IntStream.range(first, first + 20_000)
                  .mapToObj(i -> Descriptor.of(mediaType, numbered(i), 0))
                  .toList()));
    }
    make.offer(make.index(manifests));
    assertThatExceptionOfType(GantryException.class)
        .isThrownBy(() -> ExportPlan.of(new BottomlessStore(store), ExportRequest.everything()))
        .withMessageContaining("250000 blobs")
        .extracting(GantryException::kind)
        .isEqualTo(Kind.INVALID_IMAGE);
  }

  private static Digest numbered(int number) {
    return new Digest(
        DigestAlgorithm.SHA256, "0".repeat(58) + Integer.toString(1_000_000 + number).substring(1));
  }

  /** Has an empty blob for every digest, if only the type is right. */
  private record BottomlessStore(InMemoryStore store) implements ContentStore {
    static final String PRESENT = "a/b";

    @Override
    public List<Descriptor> roots() {
      return store.roots();
    }

    @Override
    public Descriptor resolve(Digest digest) throws IOException {
      return store.resolve(digest);
    }

    @Override
    public BlobReader open(Descriptor blob) throws GantryException {
      return blob.mediaType().equals(PRESENT) ? new EmptyReader() : store.open(blob);
    }

    @Override
    public void close() {}
  }

  private record EmptyReader() implements BlobReader {
    @Override
    public long size() {
      return 0;
    }

    @Override
    public int read(ByteBuffer dst, long position) {
      return -1;
    }

    @Override
    public void close() {}
  }

  @Test
  void refusesBlobsWhoseLengthsTogetherAreNoNumber() throws GantryException {
    List<Descriptor> layers = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      layers.add(Descriptor.of(MediaTypes.OCI_LAYER_GZIP, make.layer(10 + i).digest(), 1L << 62));
    }
    make.offer(make.image(layers));
    ContentStore sparse =
        new FaultyStore(
            store,
            digest -> layers.stream().anyMatch(layer -> layer.digest().equals(digest)),
            reader ->
                new ForwardingReader(reader) {
                  @Override
                  public long size() {
                    return 1L << 62;
                  }
                });
    assertThatExceptionOfType(GantryException.class)
        .isThrownBy(() -> ExportPlan.of(sparse, ExportRequest.everything()))
        .extracting(GantryException::kind)
        .isEqualTo(Kind.INVALID_IMAGE);
  }
}
