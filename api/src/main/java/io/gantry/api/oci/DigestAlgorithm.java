package io.gantry.api.oci;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Optional;

/**
 * The digest algorithms that Gantry can verify: the registered ones of the image-spec that every
 * JDK has.
 *
 * @see <a
 *     href="https://github.com/opencontainers/image-spec/blob/main/descriptor.md#registered-algorithms">image-spec,
 *     registered algorithms</a>
 */
public enum DigestAlgorithm {
  /** SHA-256, which every implementation must support. */
  SHA256("sha256", "SHA-256", 64),
  /** SHA-512. */
  SHA512("sha512", "SHA-512", 128);

  private final String id;
  private final String jcaName;
  private final int encodedLength;

  DigestAlgorithm(String id, String jcaName, int encodedLength) {
    this.id = id;
    this.jcaName = jcaName;
    this.encodedLength = encodedLength;
  }

  /** Returns the part of a digest before its colon, and the name of the folder under blobs. */
  public String id() {
    return id;
  }

  /** Returns how many lower-case hexadecimal digits follow the colon. */
  public int encodedLength() {
    return encodedLength;
  }

  /** Returns whether the rest of a text is a hash of this algorithm. */
  boolean takes(String text, int start) {
    if (text.length() - start != encodedLength) {
      return false;
    }
    for (int i = start; i < text.length(); i++) {
      char c = text.charAt(i);
      if ((c < '0' || c > '9') && (c < 'a' || c > 'f')) {
        return false;
      }
    }
    return true;
  }

  /** Returns a new, empty hash of this algorithm. */
  public MessageDigest newMessageDigest() {
    try {
      return MessageDigest.getInstance(jcaName);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("this Java runtime has no " + jcaName, e);
    }
  }

  static Optional<DigestAlgorithm> byId(String id) {
    for (DigestAlgorithm algorithm : values()) {
      if (algorithm.id.equals(id)) {
        return Optional.of(algorithm);
      }
    }
    return Optional.empty();
  }
}
