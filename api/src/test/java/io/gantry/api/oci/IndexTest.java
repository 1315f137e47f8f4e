package io.gantry.api.oci;

import static io.gantry.api.FailureAssert.assertFailure;
import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import io.gantry.api.GantryException;
import io.gantry.api.GantryException.Kind;
import java.io.IOException;
import java.io.InputStream;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Documents are written with single quotes here, for the eye. */
class IndexTest {
  private static final String ORIGIN = "/images/index.json";
  private static final Digest A = Digest.parse("sha256:" + "a1".repeat(32));
  private static final Digest B = Digest.parse("sha512:" + "b2".repeat(64));

  /**
   * The file is what Go 1.26 writes for the same entries with {@code json.Marshal} and the types of
   * github.com/opencontainers/image-spec v1.1.1, to the byte, and a line break.
   */
  @Test
  void isWrittenAsGoWritesIt() throws IOException {
    // Not in the order of the file, which sorts them.
    Map<String, String> annotations = new LinkedHashMap<>();
    annotations.put("z.last", "<&>");
    annotations.put(Annotations.REF_NAME, "1.0");
    annotations.put(
        "a.first",
        "line\u2028sep\u2029par \"q\" \\ / ' \n\r\t \u0001 \u001f \u007f \u00e9 \u65e5 \ud83d\ude00");
    annotations.put("K", "");
    var full =
        new Descriptor(
            MediaTypes.OCI_MANIFEST,
            A,
            1234,
            List.of("https://example.org/a?b=1&c=<2>"),
            annotations,
            Optional.empty(),
            Optional.of(
                new Platform(
                    "linux",
                    "arm",
                    Optional.of("v7"),
                    Optional.of("10.0"),
                    List.of("win32k", "b"),
                    Map.of())),
            Optional.of("application/x.y+z"),
            Map.of());
    var embedded =
        new Descriptor(
            MediaTypes.OCI_MANIFEST,
            Digest.of(DigestAlgorithm.SHA256, "hi".getBytes(UTF_8)),
            2,
            List.of(),
            Map.of(),
            Optional.of("aGk="),
            Optional.empty(),
            Optional.empty(),
            Map.of());
    Descriptor plain =
        Descriptor.of(MediaTypes.OCI_INDEX, B, 0).withPlatform(Platform.parse("linux/amd64"));

    String written = new String(Index.of(List.of(full, embedded, plain)).toLayoutJson(), UTF_8);

    try (InputStream golden =
        requireNonNull(IndexTest.class.getResourceAsStream("index-written-by-go.json"))) {
      assertThat(written + "\n").isEqualTo(new String(golden.readAllBytes(), UTF_8));
    }
  }

  @Test
  void isWrittenWithoutEntriesAsGoWritesIt() {
    assertThat(Index.of(List.of()).toLayoutJson())
        .asString(UTF_8)
        .isEqualTo(json("{'schemaVersion':2,'manifests':[]}"));
  }

  /** Go sorts by bytes, where a character beyond U+FFFF comes after all others. */
  @Test
  void sortsAnnotationsByTheirBytes() {
    Descriptor entry =
        Descriptor.of("a/b", A, 0).withAnnotations(Map.of("\ud83d\ude00", "2", "\uff5e", "1"));

    assertThat(Index.of(List.of(entry)).toLayoutJson())
        .asString(UTF_8)
        .contains(json("'annotations':{'\uff5e':'1','\ud83d\ude00':'2'}"));
  }

  @Test
  void isReadAsItWasWritten() throws GantryException {
    String text =
        json(
            "{'schemaVersion':2,'manifests':[{'mediaType':'a/b','digest':'%s','size':3,'platform':{'architecture':'arm','os':'linux','later':[1.50]},'later':{'x':[null,true,12345678901234567890.10]}}]}"
                .formatted(A));

    Index index = Index.parseLayoutIndex(ORIGIN, text.getBytes(UTF_8));

    assertThat(index.toLayoutJson()).asString(UTF_8).isEqualTo(text);
  }

  @Test
  void ofALayoutMayStateItsMediaTypeOrNot() throws GantryException {
    assertThat(parse("{'schemaVersion':2,'manifests':[]}")).isEqualTo(Index.of(List.of()));
    assertThat(
            parse(
                "{'schemaVersion':2,'mediaType':'%s','manifests':[]}"
                    .formatted(MediaTypes.OCI_INDEX)))
        .isEqualTo(Index.of(List.of()));
  }

  @Test
  void ofALayoutIsRefusedByTheNameOfItsFile() {
    assertFailure(Kind.INVALID_IMAGE, () -> parse("{'schemaVersion':2}"))
        .complains("/images/index.json: an index must have 'manifests'");
    assertFailure(Kind.INVALID_IMAGE, () -> parse("{"))
        .hasMessageStartingWith("/images/index.json: not valid JSON: ");
    assertFailure(Kind.INVALID_IMAGE, () -> parse("{'schemaVersion':2,'manifests':[{'size':1}]}"))
        .complains("/images/index.json: 'manifests[0].mediaType' is missing");
  }

  @Test
  void addsItsEntriesAfterThoseThatAreThere() throws GantryException {
    assertThat(added(layout(entry(A, ref("1"))), entry(B, ref("2"))))
        .isEqualTo(layout(entry(A, ref("1")), entry(B, ref("2"))));
  }

  @Test
  void replacesAnEntryOfTheSameNameWhereItStands() throws GantryException {
    String current = layout(entry(A, ref("1")), entry(A, ref("2")), entry(A, ref("3")));

    assertThat(added(current, entry(B, ref("2"))))
        .isEqualTo(layout(entry(A, ref("1")), entry(B, ref("2")), entry(A, ref("3"))));
  }

  @Test
  void leavesOneEntryOfANameThatStoodThereTwice() throws GantryException {
    String current = layout(entry(A, ref("1")), entry(A, ref("2")), entry(B, ref("1")));

    assertThat(added(current, entry(B, ref("1"))))
        .isEqualTo(layout(entry(B, ref("1")), entry(A, ref("2"))));
  }

  @Test
  void tellsNamesApartByTheFullNameWhenThereIsOne() throws GantryException {
    String current = layout(entry(A, full("docker.io/library/a:1", "1")), entry(A, ref("1")));

    assertThat(added(current, entry(B, full("docker.io/library/b:1", "1"))))
        .isEqualTo(
            layout(
                entry(A, full("docker.io/library/a:1", "1")),
                entry(A, ref("1")),
                entry(B, full("docker.io/library/b:1", "1"))));
    assertThat(added(current, entry(B, full("docker.io/library/a:1", "1"))))
        .isEqualTo(layout(entry(B, full("docker.io/library/a:1", "1")), entry(A, ref("1"))));
    assertThat(added(current, entry(B, ref("1"))))
        .isEqualTo(layout(entry(A, full("docker.io/library/a:1", "1")), entry(B, ref("1"))));
  }

  @Test
  void doesNotRepeatAnUnnamedEntryOfTheSameDigest() throws GantryException {
    String current = layout(entry(A, Map.of()), entry(B, Map.of()));

    assertThat(added(current, entry(A, Map.of()))).isEqualTo(current);
  }

  @Test
  void keepsSeveralNamesOfOneDigest() throws GantryException {
    assertThat(added(layout(entry(A, ref("1"))), entry(A, ref("2")), entry(A, Map.of())))
        .isEqualTo(layout(entry(A, ref("1")), entry(A, ref("2")), entry(A, Map.of())));
  }

  @Test
  void addsTheSameTwiceAsOnce() throws GantryException {
    String once = added(layout(), entry(A, ref("1")), entry(B, Map.of()));

    assertThat(added(once, entry(A, ref("1")), entry(B, Map.of()))).isEqualTo(once);
  }

  @ParameterizedTest
  @MethodSource
  void leavesAllElseInTheFileAsItIs(String current) throws GantryException {
    String entry =
        json("{'mediaType':'a/b','digest':'%s','size':1,'annotations':{'%s':'new'}}")
            .formatted(B, Annotations.REF_NAME);

    assertThat(added(json(current.formatted("")), entry(B, ref("new"))))
        .isEqualTo(json(current).formatted("," + entry));
  }

  static Stream<Arguments> leavesAllElseInTheFileAsItIs() {
    String old = "{'digest':'%s','size':1,'mediaType':'a/b'".formatted(A);
    return Stream.of(
        argumentSet("the order of members", "{'manifests':[" + old + "}%s],'schemaVersion':2}"),
        argumentSet(
            "unknown members",
            "{'x':{'b':1,'a':[]},'schemaVersion':2,'manifests':[" + old + "}%s]}"),
        argumentSet(
            "annotations of the index",
            "{'schemaVersion':2,'manifests':[" + old + "}%s],'annotations':{'z':'1','a':'2'}}"),
        argumentSet(
            "unknown members of an entry",
            "{'schemaVersion':2,'manifests':[" + old + ",'x':[{'y':null}]}%s]}"),
        argumentSet(
            "the order of annotations",
            "{'schemaVersion':2,'manifests':[" + old + ",'annotations':{'z':'1','a':'2'}}%s]}"),
        argumentSet(
            "big numbers",
            "{'schemaVersion':2,'manifests':["
                + old
                + ",'x':123456789012345678901234567890}%s],'y':-9223372036854775809}"),
        argumentSet(
            "decimals",
            "{'schemaVersion':2,'manifests':[" + old + ",'x':[1.10,1.0,100.00,0.1]}%s]}"),
        argumentSet(
            "more decimals than a double has",
            "{'schemaVersion':2,'manifests':["
                + old
                + "}%s],'x':3.14159265358979323846264338327950288}"),
        argumentSet(
            "text that Go escapes",
            "{'schemaVersion':2,'manifests':[" + old + ",'x':'\\u003c\\u0026\\u003e\\u001f'}%s]}"),
        argumentSet(
            "a null subject", "{'schemaVersion':2,'manifests':[" + old + "}%s],'subject':null}"));
  }

  @Test
  void addsToAListThatGoWroteAsNull() throws GantryException {
    assertThat(added(json("{'schemaVersion':2,'manifests':null,'x':1}"), entry(A, Map.of())))
        .isEqualTo(
            json(
                "{'schemaVersion':2,'manifests':[{'mediaType':'a/b','digest':'%s','size':1}],'x':1}"
                    .formatted(A)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "[]",
        "{}",
        "{'schemaVersion':2}",
        "{'schemaVersion':1,'manifests':[]}",
        "{'schemaVersion':2,'manifests':[{}]}",
        "{'schemaVersion':2,'manifests':[],'manifests':[]}",
        "{'schemaVersion':2,'manifests':[],'layers':[]}"
      })
  void isNotAddedToWhatIsNoIndex(String current) {
    assertFailure(Kind.INVALID_IMAGE, () -> added(json(current), entry(A, Map.of())))
        .hasMessageStartingWith(ORIGIN + ": ");
  }

  @Test
  void offersItsEntriesAsChildren() {
    Descriptor entry = entry(A, Map.of());

    assertThat(Index.of(List.of(entry)).children()).containsExactly(entry).isUnmodifiable();
  }

  private static String added(String current, Descriptor... entries) throws GantryException {
    return new String(Index.of(List.of(entries)).addedTo(ORIGIN, current.getBytes(UTF_8)), UTF_8);
  }

  private static String layout(Descriptor... entries) {
    return new String(Index.of(List.of(entries)).toLayoutJson(), UTF_8);
  }

  private static Descriptor entry(Digest digest, Map<String, String> annotations) {
    return Descriptor.of("a/b", digest, 1).withAnnotations(annotations);
  }

  private static Map<String, String> ref(String tag) {
    return Map.of(Annotations.REF_NAME, tag);
  }

  private static Map<String, String> full(String name, String tag) {
    return Map.of(Annotations.IMAGE_NAME, name, Annotations.REF_NAME, tag);
  }

  private static Index parse(String text) throws GantryException {
    return Index.parseLayoutIndex(ORIGIN, json(text).getBytes(UTF_8));
  }

  private static String json(String text) {
    return text.replace('\'', '"');
  }
}
