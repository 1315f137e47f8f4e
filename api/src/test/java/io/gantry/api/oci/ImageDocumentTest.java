package io.gantry.api.oci;

import static io.gantry.api.FailureAssert.assertFailure;
import static java.nio.charset.StandardCharsets.UTF_16;
import static java.nio.charset.StandardCharsets.UTF_16LE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import io.gantry.api.FailureAssert;
import io.gantry.api.GantryException;
import io.gantry.api.GantryException.Kind;
import java.nio.charset.Charset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Documents are written with single quotes here, for the eye. */
@Timeout(value = 20, unit = TimeUnit.SECONDS)
class ImageDocumentTest {
  private static final String HEX = "a1".repeat(32);
  private static final Digest DIGEST = Digest.parse("sha256:" + HEX);
  private static final String INDEX = "index " + DIGEST;
  private static final String MANIFEST = "manifest " + DIGEST;
  private static final String CONFIG =
      "{'mediaType':'application/vnd.oci.image.config.v1+json','digest':'sha256:%s','size':7}"
          .formatted("c0".repeat(32));
  private static final String LAYER =
      "{'mediaType':'application/vnd.oci.image.layer.v1.tar+gzip','digest':'sha256:%s','size':9}"
          .formatted("1a".repeat(32));
  private static final String CHILD =
      "{'mediaType':'application/vnd.oci.image.manifest.v1+json','digest':'sha256:%s','size':5}"
          .formatted("c1".repeat(32));

  @Test
  void readsAManifest() throws GantryException {
    ImageDocument document =
        manifest(
            "{'schemaVersion':2,'config':%s,'layers':[%s,%s]}".formatted(CONFIG, LAYER, LAYER));

    Descriptor config = Descriptor.of(MediaTypes.OCI_CONFIG, Digest.parse(hex("c0")), 7);
    Descriptor layer = Descriptor.of(MediaTypes.OCI_LAYER_GZIP, Digest.parse(hex("1a")), 9);
    assertThat(document)
        .isEqualTo(
            new Manifest(
                MediaTypes.OCI_MANIFEST,
                Optional.empty(),
                config,
                List.of(layer, layer),
                Optional.empty()));
    assertThat(document.children()).containsExactly(config, layer, layer);
  }

  @Test
  void readsAnArtifact() throws GantryException {
    ImageDocument document =
        manifest(
            ("{'schemaVersion':2,'mediaType':'application/vnd.oci.image.manifest.v1+json',"
                    + "'artifactType':'application/x','config':%s,'layers':[],'subject':%s,"
                    + "'annotations':{'a':'b'}}")
                .formatted(CONFIG, CHILD));

    assertThat(((Manifest) document).artifactType()).contains("application/x");
    assertThat(document.subject().map(Descriptor::size)).contains(5L);
    assertThat(document.children()).hasSize(1).doesNotContain(document.subject().orElseThrow());
  }

  @Test
  void readsAnIndex() throws GantryException {
    ImageDocument document =
        index("{'schemaVersion':2,'manifests':[%s],'subject':%s}".formatted(CHILD, CHILD));

    Descriptor child = Descriptor.of(MediaTypes.OCI_MANIFEST, Digest.parse(hex("c1")), 5);
    assertThat(document)
        .isEqualTo(
            new Index(MediaTypes.OCI_INDEX, Optional.empty(), List.of(child), Optional.of(child)));
    assertThat(document.children()).containsExactly(child);
  }

  @ParameterizedTest
  @CsvSource({
    "application/vnd.docker.distribution.manifest.v2+json",
    "application/vnd.oci.image.manifest.v1+json"
  })
  void readsManifestsOfBothFamilies(String mediaType) throws GantryException {
    ImageDocument document =
        parse(
            mediaType,
            "{'schemaVersion':2,'mediaType':'%s','config':%s,'layers':[%s]}"
                .formatted(mediaType, CONFIG, LAYER));

    assertThat(document).isInstanceOf(Manifest.class);
  }

  @ParameterizedTest
  @CsvSource({
    "application/vnd.docker.distribution.manifest.list.v2+json",
    "application/vnd.oci.image.index.v1+json"
  })
  void readsIndexesOfBothFamilies(String mediaType) throws GantryException {
    ImageDocument document =
        parse(
            mediaType,
            "{'schemaVersion':2,'mediaType':'%s','manifests':[%s]}".formatted(mediaType, CHILD));

    assertThat(document).isInstanceOf(Index.class);
  }

  @Test
  void readsEveryMemberOfADescriptor() throws GantryException {
    Descriptor child =
        entry(
            "'urls':['https://a.example/','https://b.example/'],"
                + "'annotations':{'z':'1','a':'2'},'artifactType':'application/x',"
                + "'platform':{'variant':'v7','os.features':['f','e'],'os.version':'10.0',"
                + "'os':'Linux','architecture':'ARM','features':['sse4'],'cpu':{'n':1}},"
                + "'later':[1,{'a':null}],'also':1.50");

    assertThat(child.urls()).containsExactly("https://a.example/", "https://b.example/");
    assertThat(child.annotations()).containsExactly(Map.entry("z", "1"), Map.entry("a", "2"));
    assertThat(child.artifactType()).contains("application/x");
    assertThat(child.unknownFields())
        .containsExactly(Map.entry("later", quoted("[1,{'a':null}]")), Map.entry("also", "1.50"));
    assertThat(child.platform())
        .contains(
            new Platform(
                "Linux",
                "ARM",
                Optional.of("v7"),
                Optional.of("10.0"),
                List.of("f", "e"),
                Map.of("features", quoted("['sse4']"), "cpu", quoted("{'n':1}"))));
  }

  @Test
  void takesNullForAbsentAsGoWritesIt() throws GantryException {
    assertThat(index("{'schemaVersion':2,'manifests':null,'subject':null,'mediaType':null}"))
        .isEqualTo(Index.of(List.of()));
    assertThat(
            manifest("{'schemaVersion':2,'config':%s,'layers':null}".formatted(CONFIG)).children())
        .hasSize(1);
    assertThat(
            entry("'urls':null,'annotations':null,'platform':null,'data':null,'artifactType':null"))
        .isEqualTo(Descriptor.of(MediaTypes.OCI_MANIFEST, DIGEST, 5));
  }

  @ParameterizedTest
  @CsvSource({"0, 0", "9223372036854775807, 9223372036854775807"})
  void takesAnySizeOfALong(String json, long size) throws GantryException {
    Index index =
        (Index)
            index(
                "{'schemaVersion':2,'manifests':[{'mediaType':'a/b','digest':'sha256:%s','size':%s}]}"
                    .formatted(HEX, json));

    assertThat(index.manifests().get(0).size()).isEqualTo(size);
  }

  @Test
  void takesTheDeepestNestingThatIsAllowed() throws GantryException {
    Descriptor child = entry("'deep':" + "[".repeat(60) + "]".repeat(60));

    assertThat(child.unknownFields().get("deep")).hasSize(120);
  }

  @Test
  void takesEmbeddedDataThatIsTheContent() throws GantryException {
    Digest hi = Digest.of(DigestAlgorithm.SHA256, "hi".getBytes(UTF_8));

    Index index =
        (Index)
            index(
                ("{'schemaVersion':2,'manifests':[{'mediaType':'a/b','digest':'%s','size':2,"
                        + "'data':'aGk='}]}")
                    .formatted(hi));

    assertThat(index.manifests().get(0).data()).contains("aGk=");
  }

  @ParameterizedTest
  @CsvSource({"2, aG8=", "3, aGk=", "2, aGkh", "2, '***'", "2, ''"})
  void refusesEmbeddedDataThatIsAnotherContent(long size, String data) {
    Digest hi = Digest.of(DigestAlgorithm.SHA256, "hi".getBytes(UTF_8));
    String lying =
        "{'mediaType':'a/b','digest':'%s','size':%d,'data':'%s'}".formatted(hi, size, data);

    assertFailure(
            Kind.CONTENT_MISMATCH,
            () -> index("{'schemaVersion':2,'manifests':[%s,%s]}".formatted(CHILD, lying)))
        .hasMessage(
            "index %s: manifests[1].data: the embedded content is not that of %s, %d bytes",
            DIGEST, hi, size);
    assertFailure(
            Kind.CONTENT_MISMATCH,
            () -> manifest("{'schemaVersion':2,'config':%s,'layers':[]}".formatted(lying)))
        .hasMessageStartingWith(MANIFEST + ": config.data: ");
  }

  @ParameterizedTest
  @MethodSource
  void refusesWhatIsNotOneJsonObject(byte[] bytes, String complaint) {
    assertFailure(
            Kind.INVALID_IMAGE,
            () -> ImageDocument.parse(Descriptor.of(MediaTypes.OCI_INDEX, DIGEST, 1), bytes))
        .hasMessageStartingWith(INDEX + ": ")
        .hasMessageContaining(complaint);
  }

  static Stream<Arguments> refusesWhatIsNotOneJsonObject() {
    String good = "{'schemaVersion':2,'manifests':[]}";
    String invalid = "not valid JSON: ";
    return Stream.of(
        argumentSet("nothing", new byte[0], "not a JSON object"),
        argumentSet("white space", bytes(" \n "), "not a JSON object"),
        argumentSet("null", bytes("null"), "not a JSON object"),
        argumentSet("an array", bytes("[" + good + "]"), "not a JSON object"),
        argumentSet("a string", bytes("'{}'"), "not a JSON object"),
        argumentSet("a number", bytes("2"), "not a JSON object"),
        argumentSet("a word", bytes("sha256"), invalid),
        argumentSet("HTML", bytes("<html>\n<body>502 Bad Gateway"), invalid),
        argumentSet("half an object", bytes("{'schemaVersion':2,"), "(line 1, column"),
        argumentSet("a comment", bytes("/* */" + good), invalid),
        argumentSet("a comma at the end", bytes("{'schemaVersion':2,}"), invalid),
        argumentSet("single quotes", "{'schemaVersion':2}".getBytes(UTF_8), invalid),
        argumentSet("NaN", bytes("{'schemaVersion':NaN}"), invalid),
        argumentSet("a second object", bytes(good + good), invalid),
        argumentSet("a stray bracket", bytes(good + "]"), invalid),
        argumentSet("a zero at the end", bytes(good + "\0"), invalid),
        argumentSet("a control character in a string", bytes("{'a\u0001':2}"), invalid),
        argumentSet(
            "duplicate members",
            bytes("{'schemaVersion':2,\n'manifests':[],\n'manifests':[]}"),
            "Duplicate Object property \"manifests\""),
        argumentSet(
            "duplicate members by an escape",
            bytes("{'schemaVersion':2,'manifests':[],'\\u006danifests':[]}"),
            "Duplicate Object property \"manifests\""),
        argumentSet(
            "duplicate members deep inside",
            bytes("{'schemaVersion':2,'manifests':[],'x':[{'a':{'b':1,'b':1}}]}"),
            "Duplicate Object property \"b\""),
        argumentSet(
            "duplicate members with an escape sequence",
            bytes("{'\\u001b[31m':1,'\\u001b[31m':2}"),
            invalid),
        argumentSet("100,000 arrays", bytes("[".repeat(100_000)), invalid),
        argumentSet(
            "100,000 arrays in an unknown member",
            bytes(
                "{'schemaVersion':2,'manifests':[],'x':%s%s}"
                    .formatted("[".repeat(100_000), "]".repeat(100_000))),
            "depth"),
        argumentSet(
            "100,000 objects", bytes("{'a':".repeat(100_000) + "1" + "}".repeat(100_000)), "depth"),
        argumentSet(
            "a number of a million digits", bytes("{'a':" + "9".repeat(1_000_000) + "}"), invalid),
        argumentSet(
            "a name of 100,000 characters", bytes("{'" + "a".repeat(100_000) + "'}"), invalid),
        argumentSet(
            "bytes that are not UTF-8", new byte[] {'{', '"', (byte) 0xff, '"'}, "not UTF-8"),
        argumentSet(
            "an overlong encoding", new byte[] {'{', '"', (byte) 0xc0, (byte) 0xaf}, "not UTF-8"),
        argumentSet(
            "half a surrogate pair",
            new byte[] {'"', (byte) 0xed, (byte) 0xa0, (byte) 0x80, '"'},
            "not UTF-8"),
        argumentSet("UTF-16 with a mark", encoded(good, UTF_16), "not UTF-8"),
        argumentSet("UTF-16 without a mark", encoded(good, UTF_16LE), invalid),
        argumentSet("UTF-32", encoded(good, Charset.forName("UTF-32")), invalid),
        argumentSet("UTF-8 with a mark", bytes("\ufeff" + good), invalid),
        argumentSet("gzip", new byte[] {0x1f, (byte) 0x8b, 8, 0}, "not UTF-8"));
  }

  @ParameterizedTest
  @MethodSource
  void refusesABadIndex(String json, String complaint) {
    assertFailure(Kind.INVALID_IMAGE, () -> index(json)).complains(INDEX + ": " + complaint);
  }

  static Stream<Arguments> refusesABadIndex() {
    String version = "'schemaVersion' must be 2";
    String mixed = "an index that also has the members of a manifest is refused";
    String array = "'manifests' must be an array";
    return Stream.of(
        argumentSet("no version", "{'manifests':[]}", version),
        argumentSet("version 3", "{'schemaVersion':3,'manifests':[]}", version),
        argumentSet("version 0", "{'schemaVersion':0,'manifests':[]}", version),
        argumentSet("version 2.0", "{'schemaVersion':2.0,'manifests':[]}", version),
        argumentSet("version of 2^32 + 2", "{'schemaVersion':4294967298,'manifests':[]}", version),
        argumentSet("version of 10^999999999", "{'schemaVersion':1e999999999}", version),
        argumentSet("version as text", "{'schemaVersion':'2','manifests':[]}", version),
        argumentSet("version null", "{'schemaVersion':null,'manifests':[]}", version),
        argumentSet("no manifests", "{'schemaVersion':2}", "an index must have 'manifests'"),
        argumentSet("manifests an object", "{'schemaVersion':2,'manifests':{}}", array),
        argumentSet("manifests a string", "{'schemaVersion':2,'manifests':''}", array),
        argumentSet("manifests a number", "{'schemaVersion':2,'manifests':0}", array),
        argumentSet(
            "a config beside",
            "{'schemaVersion':2,'manifests':[],'config':%s}".formatted(CONFIG),
            mixed),
        argumentSet(
            "a null config beside", "{'schemaVersion':2,'manifests':[],'config':null}", mixed),
        argumentSet("layers beside", "{'schemaVersion':2,'manifests':[],'layers':[]}", mixed),
        argumentSet("fsLayers beside", "{'schemaVersion':2,'manifests':[],'fsLayers':[]}", mixed),
        argumentSet(
            "the media type of a manifest",
            "{'schemaVersion':2,'mediaType':'%s','manifests':[]}"
                .formatted(MediaTypes.OCI_MANIFEST),
            "states the media type '%s' but is described as '%s'"
                .formatted(MediaTypes.OCI_MANIFEST, MediaTypes.OCI_INDEX)),
        argumentSet(
            "the media type of the other family",
            "{'schemaVersion':2,'mediaType':'%s','manifests':[]}"
                .formatted(MediaTypes.DOCKER_MANIFEST_LIST),
            "states the media type '%s' but is described as '%s'"
                .formatted(MediaTypes.DOCKER_MANIFEST_LIST, MediaTypes.OCI_INDEX)),
        argumentSet(
            "a media type that is no text",
            "{'schemaVersion':2,'mediaType':2,'manifests':[]}",
            "'mediaType' must be a string"),
        argumentSet(
            "a subject that is no descriptor",
            "{'schemaVersion':2,'manifests':[],'subject':'x'}",
            "'subject' must be a descriptor"),
        argumentSet(
            "a subject without a digest",
            "{'schemaVersion':2,'manifests':[],'subject':{'mediaType':'a/b','size':1}}",
            "'subject.digest' is missing"));
  }

  @Test
  void refusesAMediaTypeOfSeveralLinesInOneLine() {
    assertFailure(
            Kind.INVALID_IMAGE,
            () -> index("{'schemaVersion':2,'mediaType':'a\\nb\\u001b[31m','manifests':[]}"))
        .hasMessageContaining("states the media type");
  }

  @ParameterizedTest
  @MethodSource
  void refusesABadManifest(String json, String complaint) {
    assertFailure(Kind.INVALID_IMAGE, () -> manifest(json)).complains(MANIFEST + ": " + complaint);
  }

  static Stream<Arguments> refusesABadManifest() {
    String mixed =
        "a manifest that also has the members of an index or of Docker schema 1 is refused";
    String config = "'config':" + CONFIG;
    return Stream.of(
        argumentSet(
            "no config", "{'schemaVersion':2,'layers':[]}", "'config' must be a descriptor"),
        argumentSet(
            "a null config",
            "{'schemaVersion':2,'layers':[],'config':null}",
            "'config' must be a descriptor"),
        argumentSet(
            "no layers",
            "{'schemaVersion':2,%s}".formatted(config),
            "a manifest must have 'layers'"),
        argumentSet(
            "layers an object",
            "{'schemaVersion':2,%s,'layers':{}}".formatted(config),
            "'layers' must be an array"),
        argumentSet(
            "a layer that is text",
            "{'schemaVersion':2,%s,'layers':[%s,'x']}".formatted(config, LAYER),
            "'layers[1]' must be a descriptor"),
        argumentSet(
            "a layer that is null",
            "{'schemaVersion':2,%s,'layers':[null]}".formatted(config),
            "'layers[0]' must be a descriptor"),
        argumentSet(
            "manifests beside",
            "{'schemaVersion':2,%s,'layers':[],'manifests':[%s]}".formatted(config, CHILD),
            mixed),
        argumentSet(
            "null manifests beside",
            "{'schemaVersion':2,%s,'layers':[],'manifests':null}".formatted(config),
            mixed),
        argumentSet(
            "fsLayers beside",
            "{'schemaVersion':2,%s,'layers':[],'fsLayers':[]}".formatted(config),
            mixed),
        argumentSet(
            "an artifact type that is no text",
            "{'schemaVersion':2,%s,'layers':[],'artifactType':{}}".formatted(config),
            "'artifactType' must be a string"),
        argumentSet(
            "the media type of an index",
            "{'schemaVersion':2,'mediaType':'%s',%s,'layers':[]}"
                .formatted(MediaTypes.OCI_INDEX, config),
            "states the media type '%s' but is described as '%s'"
                .formatted(MediaTypes.OCI_INDEX, MediaTypes.OCI_MANIFEST)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'schemaVersion':1,'fsLayers':[],'history':[]}",
        "{'schemaVersion':1,'mediaType':'application/vnd.docker.distribution.manifest.v1+json'}",
        "{'schemaVersion':1,'manifests':[]}"
      })
  void refusesDockerSchema1WithAWayOut(String json) {
    assertRefusedAsSchema1(assertFailure(Kind.INVALID_IMAGE, () -> index(json)));
    assertRefusedAsSchema1(assertFailure(Kind.INVALID_IMAGE, () -> manifest(json)));
    assertRefusedAsSchema1(
        assertFailure(Kind.INVALID_IMAGE, () -> ImageDocument.mediaTypeOf(DIGEST, bytes(json))));
  }

  @ParameterizedTest
  @ValueSource(strings = {"json", "prettyjws"})
  void refusesAnEntryOfDockerSchema1WithAWayOut(String form) {
    String entry =
        "{'mediaType':'application/vnd.docker.distribution.manifest.v1+%s','digest':'%s','size':1}"
            .formatted(form, DIGEST);

    assertRefusedAsSchema1(
        assertFailure(
            Kind.INVALID_IMAGE,
            () -> index("{'schemaVersion':2,'manifests':[%s]}".formatted(entry))));
  }

  private static void assertRefusedAsSchema1(FailureAssert failure) {
    failure
        .hasMessageContaining(DIGEST + ": Docker schema 1 is refused")
        .hasMessageContaining("skopeo copy");
  }

  @ParameterizedTest
  @MethodSource
  void namesTheMemberOfABadDescriptor(String members, String complaint) {
    String json = "{'schemaVersion':2,'manifests':[%s,{%s}]}".formatted(CHILD, members);

    assertFailure(Kind.INVALID_IMAGE, () -> index(json)).complains(INDEX + ": " + complaint);
  }

  static Stream<Arguments> namesTheMemberOfABadDescriptor() {
    String type = "'mediaType':'a/b'";
    String digest = "'digest':'sha256:%s'".formatted(HEX);
    String good = type + "," + digest + ",'size':1";
    return Stream.of(
        argumentSet("no media type", digest + ",'size':1", "'manifests[1].mediaType' is missing"),
        argumentSet(
            "a media type that is no text",
            "'mediaType':1," + digest + ",'size':1",
            "'manifests[1].mediaType' must be a string"),
        argumentSet(
            "a malformed media type",
            "'mediaType':'layer'," + digest + ",'size':1",
            "manifests[1]: media type 'layer' is not valid: expected type/subtype"),
        argumentSet("no digest", type + ",'size':1", "'manifests[1].digest' is missing"),
        argumentSet(
            "a null digest", type + ",'digest':null,'size':1", "'manifests[1].digest' is missing"),
        argumentSet(
            "a digest that is no text",
            type + ",'digest':['x'],'size':1",
            "'manifests[1].digest' must be a string"),
        argumentSet(
            "a digest that is a path",
            type + ",'digest':'sha256:../../../../etc/passwd','size':1",
            "manifests[1]: digest 'sha256:../../../../etc/passwd' is not valid: expected"
                + " algorithm:encoded, such as sha256: and 64 hexadecimal digits"),
        argumentSet(
            "an empty digest",
            type + ",'digest':'','size':1",
            "manifests[1]: digest '' is not valid: expected algorithm:encoded, such as sha256: and"
                + " 64 hexadecimal digits"),
        argumentSet(
            "a short digest",
            type + ",'digest':'sha256:abc','size':1",
            "manifests[1]: digest 'sha256:abc' is not valid: sha256 takes 64 lower-case"
                + " hexadecimal digits"),
        argumentSet(
            "an upper-case digest",
            type + ",'digest':'sha256:%s','size':1".formatted("A1".repeat(32)),
            "manifests[1]: digest 'sha256:%s' is not valid: sha256 takes 64 lower-case hexadecimal digits"
                .formatted("A1".repeat(32))),
        argumentSet(
            "an unknown algorithm",
            type + ",'digest':'md5:abc','size':1",
            "manifests[1]: digest 'md5:abc' cannot be verified: gantry knows sha256 and sha512"),
        argumentSet("no size", type + "," + digest, badSize("")),
        argumentSet("a null size", type + "," + digest + ",'size':null", badSize("null")),
        argumentSet(
            "a negative size",
            type + "," + digest + ",'size':-1",
            "manifests[1]: size -1 is negative"),
        argumentSet(
            "a size of 2^63",
            type + "," + digest + ",'size':9223372036854775808",
            badSize("9223372036854775808")),
        argumentSet(
            "a size of -2^63 - 1",
            type + "," + digest + ",'size':-9223372036854775809",
            badSize("-9223372036854775809")),
        argumentSet(
            "a size of 2^64 + 1",
            type + "," + digest + ",'size':18446744073709551617",
            badSize("18446744073709551617")),
        argumentSet("half a byte", type + "," + digest + ",'size':1.5", badSize("1.5")),
        argumentSet("a size with a point", type + "," + digest + ",'size':1.0", badSize("1.0")),
        argumentSet("a size as text", type + "," + digest + ",'size':'5'", badSize("\"5\"")),
        argumentSet(
            "a size of 10^999999999",
            type + "," + digest + ",'size':1e999999999",
            badSize("1E+999999999")),
        argumentSet("a size in a list", type + "," + digest + ",'size':[1]", badSize("[1]")),
        argumentSet("URLs as text", good + ",'urls':'x'", badTexts("urls")),
        argumentSet("a URL that is a number", good + ",'urls':['x',1]", badTexts("urls")),
        argumentSet("URLs by name", good + ",'urls':{'a':'x'}", badTexts("urls")),
        argumentSet(
            "annotations in a list",
            good + ",'annotations':[]",
            "'manifests[1].annotations' must be an object"),
        argumentSet(
            "an annotation that is a number",
            good + ",'annotations':{'a':'x','b':1}",
            "'manifests[1].annotations.b' must be a string"),
        argumentSet(
            "an annotation that is an object",
            good + ",'annotations':{'b':{}}",
            "'manifests[1].annotations.b' must be a string"),
        argumentSet(
            "data that is no text", good + ",'data':[1]", "'manifests[1].data' must be a string"),
        argumentSet(
            "an artifact type that is no text",
            good + ",'artifactType':true",
            "'manifests[1].artifactType' must be a string"),
        argumentSet(
            "a platform as text",
            good + ",'platform':'linux/amd64'",
            "'manifests[1].platform' must be an object"),
        argumentSet(
            "a platform without a system",
            good + ",'platform':{'architecture':'amd64'}",
            "'manifests[1].platform.os' is missing"),
        argumentSet(
            "a platform without an architecture",
            good + ",'platform':{'os':'linux'}",
            "'manifests[1].platform.architecture' is missing"),
        argumentSet(
            "a variant that is a number",
            good + ",'platform':{'os':'linux','architecture':'arm','variant':7}",
            "'manifests[1].platform.variant' must be a string"),
        argumentSet(
            "features as text",
            good + ",'platform':{'os':'linux','architecture':'arm','os.features':'x'}",
            badTexts("platform.os.features")));
  }

  private static String badSize(String json) {
    return "manifests[1].size: '%s' is not a size: expected a whole number from 0 to 9223372036854775807"
        .formatted(json);
  }

  private static String badTexts(String member) {
    return "'manifests[1].%s' must be an array of strings".formatted(member);
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '"',
      value = {
        "'a/b\\n\\u001b[2J', DIGEST, 1",
        "'a/b', 'sha256:a\\r\\nb\\u001b[2J', 1",
        "'a/b', '\\u0085\\u009b31m', 1",
        "'a/b', 'sha256:a', '\\n\\u001b[2J'"
      })
  void quotesControlCharactersInOneLine(String mediaType, String digest, String size) {
    String json =
        "{'schemaVersion':2,'manifests':[{'mediaType':%s,'digest':%s,'size':%s}]}"
            .formatted(mediaType, digest.replace("DIGEST", "'" + DIGEST + "'"), size);

    assertFailure(Kind.INVALID_IMAGE, () -> index(json)).hasMessageContaining("manifests[0]");
  }

  @Test
  void quotesTheNameOfABadAnnotationInOneLine() {
    String json =
        "{'schemaVersion':2,'manifests':[{'mediaType':'a/b','digest':'%s','size':1,'annotations':{'a\\nb':1}}]}"
            .formatted(DIGEST);

    assertFailure(Kind.INVALID_IMAGE, () -> index(json)).hasMessageContaining("must be a string");
  }

  @Test
  void survivesADigestOfAMillionComponents() {
    String json =
        "{'schemaVersion':2,'manifests':[{'mediaType':'a/b','digest':'%sa:b','size':1}]}"
            .formatted("a.".repeat(1_000_000));

    assertFailure(Kind.INVALID_IMAGE, () -> index(json))
        .hasMessageContaining("manifests[0]: digest 'a.a.a.");
  }

  @Test
  void hasChildrenOnlyAsAManifestOrAnIndex() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> parse(MediaTypes.OCI_CONFIG, "{}"))
        .withMessage("application/vnd.oci.image.config.v1+json has no children");
  }

  @ParameterizedTest
  @MethodSource
  void tellsItsMediaTypeByWhatItSaysOrHolds(String json, String mediaType) throws GantryException {
    assertThat(ImageDocument.mediaTypeOf(DIGEST, bytes(json))).isEqualTo(mediaType);
  }

  static Stream<Arguments> tellsItsMediaTypeByWhatItSaysOrHolds() {
    return Stream.of(
        argumentSet("an OCI index", "{'schemaVersion':2,'manifests':[]}", MediaTypes.OCI_INDEX),
        argumentSet(
            "an OCI manifest",
            "{'schemaVersion':2,'config':{},'layers':[]}",
            MediaTypes.OCI_MANIFEST),
        argumentSet(
            "a Docker manifest that says so",
            "{'mediaType':'%s'}".formatted(MediaTypes.DOCKER_MANIFEST),
            MediaTypes.DOCKER_MANIFEST),
        argumentSet(
            "a Docker manifest list that says so",
            "{'mediaType':'%s'}".formatted(MediaTypes.DOCKER_MANIFEST_LIST),
            MediaTypes.DOCKER_MANIFEST_LIST));
  }

  @ParameterizedTest
  @MethodSource
  void hasNoMediaTypeWhenItIsNeitherManifestNorIndex(String json, String complaint) {
    assertFailure(Kind.INVALID_IMAGE, () -> ImageDocument.mediaTypeOf(DIGEST, bytes(json)))
        .complains("blob " + DIGEST + ": " + complaint);
  }

  static Stream<Arguments> hasNoMediaTypeWhenItIsNeitherManifestNorIndex() {
    String neither = "neither a manifest nor an index";
    return Stream.of(
        argumentSet("an empty object", "{}", neither),
        argumentSet("a configuration", "{'architecture':'amd64','rootfs':{}}", neither),
        argumentSet("both at once", "{'manifests':[],'layers':[]}", neither),
        argumentSet("a version of 10^999999999", "{'schemaVersion':1e999999999}", neither),
        argumentSet(
            "another media type",
            "{'mediaType':'text/plain','manifests':[]}",
            "media type 'text/plain' is no manifest or index"),
        argumentSet(
            "a media type that is no text", "{'mediaType':[]}", "'mediaType' must be a string"));
  }

  private static Descriptor entry(String members) throws GantryException {
    Index index =
        (Index)
            index(
                "{'schemaVersion':2,'manifests':[{'mediaType':'%s','digest':'%s','size':5,%s}]}"
                    .formatted(MediaTypes.OCI_MANIFEST, DIGEST, members));
    return index.manifests().get(0);
  }

  private static ImageDocument index(String json) throws GantryException {
    return parse(MediaTypes.OCI_INDEX, json);
  }

  private static ImageDocument manifest(String json) throws GantryException {
    return parse(MediaTypes.OCI_MANIFEST, json);
  }

  private static ImageDocument parse(String mediaType, String json) throws GantryException {
    return ImageDocument.parse(Descriptor.of(mediaType, DIGEST, 1), bytes(json));
  }

  private static String hex(String pair) {
    return "sha256:" + pair.repeat(32);
  }

  private static byte[] bytes(String json) {
    return encoded(json, UTF_8);
  }

  private static byte[] encoded(String json, Charset charset) {
    return quoted(json).getBytes(charset);
  }

  private static String quoted(String json) {
    return json.replace('\'', '"');
  }
}
