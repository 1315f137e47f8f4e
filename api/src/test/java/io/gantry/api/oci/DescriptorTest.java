package io.gantry.api.oci;

import static io.gantry.api.FailureAssert.assertRefused;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import java.util.ArrayList;
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

class DescriptorTest {
  private static final byte[] CONTENT = "content".getBytes(US_ASCII);
  private static final Digest DIGEST = Digest.of(DigestAlgorithm.SHA256, CONTENT);

  @Test
  void describesContent() {
    assertThat(Descriptor.of(MediaTypes.OCI_CONFIG, DigestAlgorithm.SHA256, CONTENT))
        .isEqualTo(Descriptor.of(MediaTypes.OCI_CONFIG, DIGEST, CONTENT.length));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "application/vnd.oci.image.layer.v1.tar+gzip",
        "text/plain",
        "a/b",
        "A1!#$&^_.+-/B2!#$&^_.+-"
      })
  void takesTheMediaTypesOfRfc6838(String mediaType) {
    assertThat(Descriptor.of(mediaType, DIGEST, 0).mediaType()).isEqualTo(mediaType);
  }

  @ParameterizedTest
  @MethodSource
  void refusesWhatIsNoMediaType(String mediaType) {
    assertRefused(() -> Descriptor.of(mediaType, DIGEST, 0))
        .hasMessageStartingWith("media type '")
        .hasMessageEndingWith("' is not valid: expected type/subtype");
  }

  static Stream<Arguments> refusesWhatIsNoMediaType() {
    return Stream.of(
        argumentSet("empty", ""),
        argumentSet("no subtype", "application"),
        argumentSet("an empty subtype", "application/"),
        argumentSet("an empty type", "/json"),
        argumentSet("two slashes", "application/a/b"),
        argumentSet("a parameter", "text/plain; charset=utf-8"),
        argumentSet("a leading dot", "application/.json"),
        argumentSet("a name of 128 characters", "application/" + "a".repeat(128)),
        argumentSet("a million characters", "a/".repeat(500_000)),
        argumentSet("an escape sequence", "text/\u001b[31mplain"),
        argumentSet("a line break", "text/pl\nain"));
  }

  @Test
  void refusesANegativeSize() {
    assertRefused(() -> Descriptor.of("a/b", DIGEST, -1)).hasMessage("size -1 is negative");
  }

  @Test
  void keepsNothingThatACallerCanChange() {
    var urls = new ArrayList<>(List.of("https://example.org/"));
    var annotations = new LinkedHashMap<>(Map.of("a", "1"));
    var unknown = new LinkedHashMap<>(Map.of("b", "2"));
    var descriptor =
        new Descriptor(
            "a/b",
            DIGEST,
            0,
            urls,
            annotations,
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            unknown);

    urls.clear();
    annotations.clear();
    unknown.clear();

    assertThat(descriptor.urls()).containsExactly("https://example.org/").isUnmodifiable();
    assertThat(descriptor.annotations()).containsExactly(Map.entry("a", "1")).isUnmodifiable();
    assertThat(descriptor.unknownFields()).containsExactly(Map.entry("b", "2")).isUnmodifiable();
  }

  @Test
  void keepsTheOrderOfAnnotations() {
    Map<String, String> annotations = new LinkedHashMap<>();
    for (String key : List.of("z", "a", "m", "b")) {
      annotations.put(key, key);
    }

    assertThat(Descriptor.of("a/b", DIGEST, 0).withAnnotations(annotations).annotations().keySet())
        .containsExactly("z", "a", "m", "b");
  }

  @Test
  void changesOnlyWhatItIsAskedToChange() {
    Platform platform = Platform.parse("linux/arm/v6");
    var full =
        new Descriptor(
            "a/b",
            DIGEST,
            CONTENT.length,
            List.of("https://example.org/"),
            Map.of("a", "1"),
            Optional.of("Y29udGVudA=="),
            Optional.of(Platform.parse("linux/amd64")),
            Optional.of("c/d"),
            Map.of("x", "{}"));

    assertThat(full.withAnnotations(Map.of("b", "2")))
        .usingRecursiveComparison()
        .ignoringFields("annotations")
        .isEqualTo(full);
    assertThat(full.withAnnotations(Map.of("b", "2")).annotations()).isEqualTo(Map.of("b", "2"));
    assertThat(full.withPlatform(platform))
        .usingRecursiveComparison()
        .ignoringFields("platform")
        .isEqualTo(full);
    assertThat(full.withPlatform(platform).platform()).contains(platform);
  }
}
