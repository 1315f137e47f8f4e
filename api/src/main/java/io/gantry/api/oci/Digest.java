package io.gantry.api.oci;

import static java.util.Objects.requireNonNull;

import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The digest of a blob: an algorithm that Gantry can verify and the hash in lower-case hexadecimal.
 * An instance is proof that the text was well formed, so {@link #encoded()} is always safe as a
 * file name or a key.
 *
 * @param algorithm how the content is hashed
 * @param encoded the hash, as many lower-case hexadecimal digits as the algorithm has
 * @see <a
 *     href="https://github.com/opencontainers/image-spec/blob/main/descriptor.md#digests">image-spec,
 *     digests</a>
 */
public record Digest(DigestAlgorithm algorithm, String encoded) implements Comparable<Digest> {
  private static final Pattern GRAMMAR =
      Pattern.compile("([a-z0-9]+(?:[+._-][a-z0-9]+)*):([a-zA-Z0-9=_-]+)");

  private static final int MAX_LENGTH = 255;

  /**
   * Checks the hash against its algorithm.
   *
   * @throws IllegalArgumentException if {@code encoded} is not a hash of {@code algorithm}
   */
  public Digest {
    requireNonNull(algorithm, "algorithm");
    requireNonNull(encoded, "encoded");
    if (!algorithm.takes(encoded, 0)) {
      throw new IllegalArgumentException(
          "digest '%s:%s' is not valid: %s takes %d lower-case hexadecimal digits"
              .formatted(
                  algorithm.id(), Excerpt.of(encoded), algorithm.id(), algorithm.encodedLength()));
    }
  }

  /**
   * Parses {@code algorithm:encoded}.
   *
   * @throws IllegalArgumentException if the text is no digest, or one of an algorithm that Gantry
   *     cannot verify: such content is never trusted
   */
  public static Digest parse(String text) {
    int colon = text.indexOf(':');
    Optional<DigestAlgorithm> known =
        colon < 0 ? Optional.empty() : DigestAlgorithm.byId(text.substring(0, colon));
    if (known.isPresent() && known.get().takes(text, colon + 1)) {
      return new Digest(known.get(), text.substring(colon + 1));
    }
    // What is wrong with it.
    var matcher = GRAMMAR.matcher(text);
    // The matcher recurses with the text, which may be megabytes of somebody's index.
    if (text.length() > MAX_LENGTH || !matcher.matches()) {
      throw new IllegalArgumentException(
          ("digest '%s' is not valid: expected algorithm:encoded, such as sha256: and 64 hexadecimal"
                  + " digits")
              .formatted(Excerpt.of(text)));
    }
    DigestAlgorithm algorithm =
        DigestAlgorithm.byId(matcher.group(1))
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        "digest '%s' cannot be verified: gantry knows sha256 and sha512"
                            .formatted(Excerpt.of(text))));
    return new Digest(algorithm, matcher.group(2));
  }

  /** Returns the digest of {@code content}. */
  public static Digest of(DigestAlgorithm algorithm, byte[] content) {
    MessageDigest hash = algorithm.newMessageDigest();
    hash.update(content);
    return finish(algorithm, hash);
  }

  /**
   * Returns the digest of all that {@code hash} was fed, and resets it.
   *
   * @param algorithm the algorithm that made {@code hash}
   */
  public static Digest finish(DigestAlgorithm algorithm, MessageDigest hash) {
    return new Digest(algorithm, HexFormat.of().formatHex(hash.digest()));
  }

  // What a record has by itself is put together when it is first asked for, which takes a command
  // longer than the rest of a small plan; digests are the keys of most maps.

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Digest digest
        && algorithm == digest.algorithm
        && encoded.equals(digest.encoded);
  }

  @Override
  public int hashCode() {
    return encoded.hashCode();
  }

  /** Orders by the text, which is the byte order of the names in a layout. */
  @Override
  public int compareTo(Digest other) {
    int byAlgorithm = algorithm.id().compareTo(other.algorithm.id());
    return byAlgorithm != 0 ? byAlgorithm : encoded.compareTo(other.encoded);
  }

  /** Returns {@code algorithm:encoded}. */
  @Override
  public String toString() {
    return algorithm.id() + ":" + encoded;
  }
}
