package io.gantry.api.provider;

import static io.gantry.api.FailureAssert.assertFailure;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import io.gantry.api.GantryException;
import io.gantry.api.GantryException.Kind;
import io.gantry.api.oci.Digest;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class LocationTest {
  private static final String DIGEST = "sha256:" + "a1".repeat(32);

  @ParameterizedTest
  @CsvSource({
    "dir:a,                     dir,         a,",
    "dir:a:tag,                 dir,         a,               tag",
    "dir:a:registry/x:1,        dir,         a,               registry/x:1",
    "dir:a:localhost:5000/x:1,  dir,         a,               localhost:5000/x:1",
    "dir:a/b/c,                 dir,         a/b/c,",
    "dir:/a/b:v1,               dir,         /a/b,            v1",
    "dir:.,                     dir,         .,",
    "dir:..:x,                  dir,         ..,              x",
    "dir:a b,                   dir,         a b,",
    "dir:a%20b?c#d,             dir,         a%20b?c#d,",
    "tar:-,                     tar,         -,",
    "tar:-:name,                tar,         -,               name",
    "tar:image.tar:busybox:1.36, tar,        image.tar,       busybox:1.36",
    "oci-archive:x.tar,         oci-archive, x.tar,",
    "x+y.z-1:a,                 x+y.z-1,     a,",
    "s3://b/p,                  s3,          //b/p,",
    "s3://b/p:n,                s3,          //b/p,           n",
    "s3://b:n,                  s3,          //b:n,",
    "docker://host:5000/r,      docker,      //host:5000/r,",
    "docker://host:5000/r:t,    docker,      //host:5000/r,   t",
    "docker://h/a/b:t,          docker,      //h/a/b,         t",
    "dir:me@home,               dir,         me@home,",
    "dir:a:user@x,              dir,         a,               user@x",
    "s3://key@host:1/b:n,       s3,          //key@host:1/b,  n"
  })
  void isASchemeAPathAndPerhapsAName(String text, String scheme, String path, String name)
      throws GantryException {
    Location location = Location.parse(text);

    assertThat(location)
        .isEqualTo(new Location(scheme, path, Optional.ofNullable(name), Optional.empty()));
    assertThat(location).hasToString(text);
  }

  @ParameterizedTest
  @CsvSource({
    "dir:a,                dir,    a",
    "dir:a@b,              dir,    a@b",
    "store:/c/v1.content,  store,  /c/v1.content",
    "s3://b/p,             s3,     //b/p",
    "docker://host:5000/r, docker, //host:5000/r"
  })
  void mayEndInADigest(String start, String scheme, String path) throws GantryException {
    Location location = Location.parse(start + "@" + DIGEST);

    assertThat(location)
        .isEqualTo(new Location(scheme, path, Optional.empty(), Optional.of(Digest.parse(DIGEST))));
    assertThat(location).hasToString(start + "@" + DIGEST);
  }

  @Test
  void leavesTheDigestOfANameToTheName() throws GantryException {
    Location location = Location.parse("dir:a:reg.example.org/x@" + DIGEST);

    assertThat(location.name()).contains("reg.example.org/x@" + DIGEST);
    assertThat(location.digest()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", ":", "a", "image.tar", "/a/b", "./a:b", ":a", "C:\\images", "c:x", "1a:b"})
  void needsASchemeOfTwoCharactersOrMore(String text) {
    assertFailure(Kind.INVALID_ARGUMENT, () -> Location.parse(text))
        .hasMessage("'%s' has no scheme: write dir: or tar: before it, for example", text);
  }

  @ParameterizedTest
  @ValueSource(strings = {"DIR:a", "Dir:a", "d_r:a", " dir:a", "-x:a"})
  void needsASchemeInLowerCase(String text) {
    assertFailure(Kind.INVALID_ARGUMENT, () -> Location.parse(text))
        .hasMessageContaining("has no scheme");
  }

  @ParameterizedTest
  @ValueSource(strings = {"dir:", "dir::name", "dir::", "tar:"})
  void needsAPath(String text) {
    assertFailure(Kind.INVALID_ARGUMENT, () -> Location.parse(text))
        .hasMessage("'%s' has an empty path", text);
  }

  @Test
  void needsAPathBeforeADigest() {
    assertFailure(Kind.INVALID_ARGUMENT, () -> Location.parse("dir:@" + DIGEST))
        .hasMessageContaining("has an empty path");
  }

  @ParameterizedTest
  @ValueSource(strings = {"dir:a:", "tar:-:", "s3://b/p:", "docker://host:5000/r:"})
  void needsANameAfterTheLastColon(String text) {
    assertFailure(Kind.INVALID_ARGUMENT, () -> Location.parse(text))
        .hasMessage("'%s' has an empty name after its last colon", text);
  }

  @ParameterizedTest
  @MethodSource
  void refusesABadDigest(String digest, String complaint) {
    String text = "dir:a@" + digest;

    assertFailure(Kind.INVALID_ARGUMENT, () -> Location.parse(text))
        .hasMessageStartingWith("'dir:a@")
        .hasMessageContaining(complaint);
  }

  static Stream<Arguments> refusesABadDigest() {
    return Stream.of(
        argumentSet("short", "sha256:abc", "64 lower-case hexadecimal digits"),
        argumentSet("none", "sha256:", "expected algorithm:encoded"),
        argumentSet("a path", "sha256:../../x", "expected algorithm:encoded"),
        argumentSet("upper case", "sha256:" + "A1".repeat(32), "64 lower-case"),
        argumentSet("unknown", "md5:" + "a".repeat(32), "cannot be verified"),
        argumentSet("with another word before the colon", "home:tag", "cannot be verified"),
        argumentSet("with a tag after it", DIGEST + ":t", "expected algorithm:encoded"));
  }

  @Test
  void survivesADigestOfManyComponents() {
    String text = "dir:a@" + "x.".repeat(50_000) + "x:y";

    assertThatExceptionOfType(GantryException.class)
        .isThrownBy(() -> Location.parse(text))
        .withMessageContaining("is not valid");
  }

  @ParameterizedTest
  @ValueSource(strings = {"a/b", "/a/b", ".", "-"})
  void isAPathOfTheFileSystem(String path) throws GantryException {
    assertThat(Location.parse("dir:" + path + ":name").asPath()).isEqualTo(Path.of(path));
  }

  @Test
  void refusesAPathThatTheFileSystemCannotHave() throws GantryException {
    Location location = Location.parse("dir:a\0b");

    assertThatExceptionOfType(GantryException.class)
        .isThrownBy(location::asPath)
        .withMessageContaining("is not a path: ")
        .satisfies(e -> assertThat(e.kind()).isEqualTo(Kind.INVALID_ARGUMENT));
  }
}
