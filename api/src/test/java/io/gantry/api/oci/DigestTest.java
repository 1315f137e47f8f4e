package io.gantry.api.oci;

import static io.gantry.api.FailureAssert.assertRefused;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import java.security.MessageDigest;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class DigestTest {
  private static final byte[] ABC = "abc".getBytes(US_ASCII);

  // The examples of FIPS 180-2.
  private static final String SHA256_OF_ABC =
      "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
  private static final String SHA512_OF_ABC =
      "sha512:ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
          + "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f";

  @Test
  void hashesContent() {
    assertThat(Digest.of(DigestAlgorithm.SHA256, ABC)).hasToString(SHA256_OF_ABC);
    assertThat(Digest.of(DigestAlgorithm.SHA512, ABC)).hasToString(SHA512_OF_ABC);
  }

  @Test
  void parsesWhatItWrites() {
    assertThat(Digest.parse(SHA256_OF_ABC)).isEqualTo(Digest.of(DigestAlgorithm.SHA256, ABC));
    assertThat(Digest.parse(SHA512_OF_ABC)).isEqualTo(Digest.of(DigestAlgorithm.SHA512, ABC));
  }

  @ParameterizedTest
  @EnumSource
  void hasAsManyDigitsAsItsAlgorithmSays(DigestAlgorithm algorithm) {
    Digest digest = Digest.of(algorithm, ABC);

    assertThat(digest.algorithm()).isEqualTo(algorithm);
    assertThat(digest.encoded()).hasSize(algorithm.encodedLength()).matches("[0-9a-f]+");
    assertThat(digest).hasToString(algorithm.id() + ":" + digest.encoded());
  }

  @Test
  void finishingLeavesTheHashEmpty() {
    MessageDigest hash = DigestAlgorithm.SHA256.newMessageDigest();
    hash.update(ABC);

    Digest first = Digest.finish(DigestAlgorithm.SHA256, hash);
    Digest second = Digest.finish(DigestAlgorithm.SHA256, hash);

    assertThat(first).hasToString(SHA256_OF_ABC);
    assertThat(second).isEqualTo(Digest.of(DigestAlgorithm.SHA256, new byte[0]));
  }

  @Test
  void sortsAsTheNamesOfALayoutDo() {
    Digest low = Digest.parse("sha256:" + "0".repeat(64));
    Digest high = Digest.parse("sha256:" + "f".repeat(64));
    Digest longer = Digest.parse("sha512:" + "0".repeat(128));

    assertThat(Stream.of(longer, high, low).sorted()).containsExactly(low, high, longer);
  }

  @ParameterizedTest
  @MethodSource
  void refusesWhatIsNoDigest(String text, String complaint) {
    assertRefused(() -> Digest.parse(text)).hasMessageContaining(complaint);
  }

  static Stream<Arguments> refusesWhatIsNoDigest() {
    String hex = "a1".repeat(32);
    String grammar = "expected algorithm:encoded";
    String digits = "sha256 takes 64 lower-case hexadecimal digits";
    String unknown = "gantry knows sha256 and sha512";
    return Stream.of(
        argumentSet("empty", "", grammar),
        argumentSet("a colon alone", ":", grammar),
        argumentSet("no algorithm", ":" + hex, grammar),
        argumentSet("no colon", "sha256" + hex, grammar),
        argumentSet("no hash", "sha256:", grammar),
        argumentSet("a path", "sha256:../../../etc/passwd", grammar),
        argumentSet("a path as long as a hash", "sha256:../" + hex.substring(3), grammar),
        argumentSet("a path as the algorithm", "../sha256:" + hex, grammar),
        argumentSet("a slash", "sha256:" + hex.substring(1) + "/", grammar),
        argumentSet("a backslash", "sha256:" + hex.substring(1) + "\\", grammar),
        argumentSet("a zero character", "sha256:" + hex.substring(1) + "\0", grammar),
        argumentSet("a line break at the end", "sha256:" + hex + "\n", grammar),
        argumentSet("a space before", " sha256:" + hex, grammar),
        argumentSet("two colons", "sha256:sha256:" + hex, grammar),
        argumentSet("an upper-case algorithm", "SHA256:" + hex, grammar),
        argumentSet("an algorithm that begins with a separator", "+sha256:" + hex, grammar),
        argumentSet("an algorithm with two separators", "sha256+.b64:" + hex, grammar),
        argumentSet("upper-case digits", "sha256:" + "A1".repeat(32), digits),
        argumentSet("a digit too few", "sha256:" + hex.substring(1), digits),
        argumentSet("a digit too many", "sha256:" + hex + "0", digits),
        argumentSet("a letter that is no digit", "sha256:g" + hex.substring(1), digits),
        argumentSet("other characters of the grammar", "sha256:=_-" + hex.substring(3), digits),
        argumentSet("a digit of another script", "sha256:\u0661" + hex.substring(1), grammar),
        argumentSet("sha512 with the length of sha256", "sha512:" + hex, "sha512 takes 128"),
        argumentSet("md5", "md5:" + "a".repeat(32), unknown),
        argumentSet("sha384", "sha384:" + "a".repeat(96), unknown),
        argumentSet("blake3", "blake3:" + hex, unknown),
        argumentSet("an algorithm in components", "sha256+b64u:" + "Z_-=".repeat(11), unknown),
        argumentSet(
            "a hash of a million digits", "sha256:" + "a".repeat(1_000_000), "is not valid"),
        argumentSet("a million characters", "x".repeat(1_000_000), grammar),
        argumentSet(
            "an algorithm of a million components", "a.".repeat(1_000_000) + "a:" + hex, "digest"));
  }

  @Test
  void quotesOnlyTheBeginningOfAHugeText() {
    assertRefused(() -> Digest.parse("sha256:" + "a".repeat(1_000_000)))
        .hasMessageMatching("digest 'sha256:a{100,200}\\.\\.\\.' is not valid: .*");
  }

  @ParameterizedTest
  @MethodSource
  void cannotBeMadeOfAnythingButAHash(String encoded) {
    assertRefused(() -> new Digest(DigestAlgorithm.SHA256, encoded))
        .hasMessageContaining("sha256 takes 64 lower-case hexadecimal digits");
  }

  static Stream<String> cannotBeMadeOfAnythingButAHash() {
    return Stream.of("", "../" + "a".repeat(61), "A".repeat(64), "a".repeat(63), "a".repeat(128));
  }
}
