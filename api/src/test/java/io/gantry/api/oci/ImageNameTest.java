package io.gantry.api.oci;

import static io.gantry.api.FailureAssert.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ImageNameTest {
  private static final String HEX = "a1".repeat(32);
  private static final String DIGEST = "sha256:" + HEX;

  /** What ParseDockerRef and FamiliarString of github.com/distribution/reference v0.6.0 return. */
  @ParameterizedTest
  @CsvSource({
    "busybox,                        docker.io/library/busybox:latest,     busybox:latest",
    "library/busybox,                docker.io/library/busybox:latest,     busybox:latest",
    "docker.io/busybox,              docker.io/library/busybox:latest,     busybox:latest",
    "index.docker.io/busybox,        docker.io/library/busybox:latest,     busybox:latest",
    "docker.io/library/busybox:1.36, docker.io/library/busybox:1.36,       busybox:1.36",
    "busybox:Latest,                 docker.io/library/busybox:Latest,     busybox:Latest",
    "busybox:_x,                     docker.io/library/busybox:_x,         busybox:_x",
    "library,                        docker.io/library/library:latest,     library:latest",
    "library/library,                docker.io/library/library:latest,     library:latest",
    "library/a/b,                    docker.io/library/a/b:latest,         library/a/b:latest",
    "index.docker.io/library/a/b,    docker.io/library/a/b:latest,         library/a/b:latest",
    "a/library/x,                    docker.io/a/library/x:latest,         a/library/x:latest",
    "a/b,                            docker.io/a/b:latest,                 a/b:latest",
    "a/b:t,                          docker.io/a/b:t,                      a/b:t",
    "docker.io/a/b/c:x,              docker.io/a/b/c:x,                    a/b/c:x",
    "docker.io,                      docker.io/library/docker.io:latest,   docker.io:latest",
    "docker.io:443/x,                docker.io:443/x:latest,               docker.io:443/x:latest",
    "localhost,                      docker.io/library/localhost:latest,   localhost:latest",
    "localhost:5000,                 docker.io/library/localhost:5000,     localhost:5000",
    "localhost/x,                    localhost/x:latest,                   localhost/x:latest",
    "localhost:5000/x,               localhost:5000/x:latest,              localhost:5000/x:latest",
    "host:5000,                      docker.io/library/host:5000,          host:5000",
    "host:5000/a/b:tag,              host:5000/a/b:tag,                    host:5000/a/b:tag",
    "Host/x,                         Host/x:latest,                        Host/x:latest",
    "UPPER/x,                        UPPER/x:latest,                       UPPER/x:latest",
    "aA/x,                           aA/x:latest,                          aA/x:latest",
    "INDEX.docker.io/x,              INDEX.docker.io/x:latest,             INDEX.docker.io/x:latest",
    "a.b,                            docker.io/library/a.b:latest,         a.b:latest",
    "a.b/c,                          a.b/c:latest,                         a.b/c:latest",
    "h-o.x/y,                        h-o.x/y:latest,                       h-o.x/y:latest",
    "[::1]/x,                        [::1]/x:latest,                       [::1]/x:latest",
    "[::1]:5000/x,                   [::1]:5000/x:latest,                  [::1]:5000/x:latest",
    "a__b,                           docker.io/library/a__b:latest,        a__b:latest",
    "a---b,                          docker.io/library/a---b:latest,       a---b:latest",
    "a_b.c-d,                        docker.io/library/a_b.c-d:latest,     a_b.c-d:latest"
  })
  void isCompletedAndShortenedAsDockerDoes(String text, String normalized, String familiar) {
    ImageName name = ImageName.parse(text);

    assertThat(name).hasToString(normalized);
    assertThat(name.familiar()).isEqualTo(familiar);
    assertThat(ImageName.parse(normalized)).isEqualTo(name);
    assertThat(ImageName.parse(familiar)).isEqualTo(name);
  }

  @ParameterizedTest
  @ValueSource(strings = {"busybox@", "busybox:1@", "docker.io/library/busybox:1.36@"})
  void losesItsTagToADigest(String prefix) {
    ImageName name = ImageName.parse(prefix + DIGEST);

    assertThat(name.tag()).isEmpty();
    assertThat(name.digest()).contains(DIGEST);
    assertThat(name).hasToString("docker.io/library/busybox@" + DIGEST);
    assertThat(name.familiar()).isEqualTo("busybox@" + DIGEST);
  }

  @Test
  void mayHaveATagOf128CharactersAndNoMore() {
    String tag = "t".repeat(128);

    assertThat(ImageName.parse("busybox:" + tag).tag()).contains(tag);
    assertRefused(() -> ImageName.parse("busybox:" + tag + "t"));
  }

  @Test
  void mayHaveARepositoryOf255CharactersAndNoMore() {
    String path = "p".repeat(255 - "x.y/".length());

    assertThat(ImageName.parse("x.y/" + path).path()).isEqualTo(path);
    assertRefused(() -> ImageName.parse("x.y/" + path + "p".repeat(5)));
  }

  @ParameterizedTest
  @MethodSource
  void refusesWhatIsNoName(String text) {
    assertRefused(() -> ImageName.parse(text)).hasMessageContaining("is not valid");
  }

  static Stream<Arguments> refusesWhatIsNoName() {
    return Stream.of(
        argumentSet("empty", ""),
        argumentSet("a slash", "/"),
        argumentSet("a colon", ":"),
        argumentSet("a digest alone", "@" + DIGEST),
        argumentSet("no registry before the slash", "/x"),
        argumentSet("no repository after the slash", "x/"),
        argumentSet("an empty component", "x//y"),
        argumentSet("upper case in the repository", "Busybox"),
        argumentSet("upper case after the registry", "reg.example.org/Team/x"),
        argumentSet("upper case in a later component", "a/bB"),
        argumentSet("an empty tag", "busybox:"),
        argumentSet("a tag that begins with a dot", "busybox:.x"),
        argumentSet("a tag that begins with a hyphen", "busybox:-x"),
        argumentSet("a space in the tag", "busybox:a b"),
        argumentSet("two tags", "a:b:c"),
        argumentSet("a slash after the tag", "a/b:c/d"),
        argumentSet("an empty digest", "busybox@"),
        argumentSet("a word for a digest", "a@b"),
        argumentSet("a short digest", "busybox@sha256:abc"),
        argumentSet("an upper-case digest", "busybox@sha256:" + "A1".repeat(32)),
        argumentSet("two digests", "busybox@" + DIGEST + "@" + DIGEST),
        argumentSet("three underscores", "a___b"),
        argumentSet("two dots", "a..b"),
        argumentSet("a dot and a hyphen", "a.-b"),
        argumentSet("a leading hyphen", "-a"),
        argumentSet("a trailing hyphen", "a-"),
        argumentSet("a parent folder", "../x"),
        argumentSet("a registry with an empty label", "x..y/z"),
        argumentSet("a registry with a dot at its end", "x.y./z"),
        argumentSet("a registry that begins with a hyphen", "-h.x/y"),
        argumentSet("a registry without a port", "host:/x"),
        argumentSet("a registry with a word for a port", "host:port/x"),
        argumentSet("an address without a repository", "[::1]"),
        argumentSet("an address with a zone", "[fe80::1%eth0]/x"),
        argumentSet("a URL", "http://x/y"),
        argumentSet("a letter of another script", "\u00e9/x"),
        argumentSet("a space", "x y"),
        argumentSet("a line break", "x\ny"),
        argumentSet("a line break at the end", "busybox:1\n"),
        argumentSet("a million characters", "x".repeat(1_000_000)),
        argumentSet("a million labels", "x.".repeat(1_000_000) + "x/y"),
        argumentSet("a million words", "x.".repeat(1_000_000) + "x"),
        argumentSet("a million components", "x/".repeat(1_000_000) + "x"),
        argumentSet("a million tags", "x:".repeat(1_000_000) + "x"));
  }

  @Test
  void refusesADigestOfAnUnknownAlgorithm() {
    assertRefused(() -> ImageName.parse("busybox@md5:" + "a".repeat(32)))
        .hasMessageContaining("cannot be verified");
  }

  /** As Docker, which takes 64 hexadecimal digits for the identity of a local image. */
  @Test
  void refusesABareNameThatLooksLikeAnIdentity() {
    assertRefused(() -> ImageName.parse(HEX));
    assertThat(ImageName.parse("library/" + HEX).path()).isEqualTo("library/" + HEX);
    assertThat(ImageName.parse(HEX + ":t").tag()).contains("t");
  }

  @ParameterizedTest
  @CsvSource({
    "1.0,       false",
    "latest,    false",
    "busybox,   false",
    "a/b,       true",
    "busybox:1, true",
    "a@b,       true"
  })
  void isFullWithASlashAColonOrAnAtSign(String text, boolean full) {
    assertThat(ImageName.isFullName(text)).isEqualTo(full);
  }

  @Test
  void annotatesAFullNameWithItsTagBesideIt() {
    assertThat(ImageName.annotate(manifest(), "busybox:1.36").annotations())
        .containsOnly(
            Map.entry(Annotations.IMAGE_NAME, "docker.io/library/busybox:1.36"),
            Map.entry(Annotations.REF_NAME, "1.36"));
  }

  @Test
  void annotatesAFullNameWithoutATagByTheWholeName() {
    String name = "docker.io/library/busybox@" + DIGEST;

    assertThat(ImageName.annotate(manifest(), "busybox@" + DIGEST).annotations())
        .containsOnly(
            Map.entry(Annotations.IMAGE_NAME, name), Map.entry(Annotations.REF_NAME, name));
  }

  @Test
  void annotatesABareTagAndForgetsTheFullNameOfBefore() {
    Descriptor named =
        manifest()
            .withAnnotations(
                Map.of(
                    "kept",
                    "yes",
                    Annotations.IMAGE_NAME,
                    "docker.io/library/busybox:1",
                    Annotations.REF_NAME,
                    "1"));

    assertThat(ImageName.annotate(named, "v2").annotations())
        .containsOnly(Map.entry("kept", "yes"), Map.entry(Annotations.REF_NAME, "v2"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", ".hidden", "-x", "a b", "a\nb", "a/B", "..", "../x", "a:"})
  void annotatesNothingThatIsNeitherATagNorAName(String name) {
    assertRefused(() -> ImageName.annotate(manifest(), name))
        .hasMessageStartingWith("image name '")
        .hasMessageContaining("or a tag");
  }

  private static Descriptor manifest() {
    return Descriptor.of(MediaTypes.OCI_MANIFEST, Digest.parse(DIGEST), 1);
  }
}
