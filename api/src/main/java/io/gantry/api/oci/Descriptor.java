package io.gantry.api.oci;

import static java.util.Objects.requireNonNull;

import java.util.Base64;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What is known of a blob before it is read: its type, digest and size. An entry of {@code
 * index.json} is a descriptor too, and carries the name of the image in its annotations.
 *
 * @param mediaType the type of the content
 * @param digest the digest of the content
 * @param size the length of the content in bytes, not negative
 * @param urls where else the content may be had; never followed
 * @param annotations free text by name, in its order
 * @param data the content itself in base64, checked against size and digest
 * @param platform what the described image runs on
 * @param artifactType the type of the artifact that the described manifest holds
 * @param unknownFields members that Gantry does not know, as JSON text by name, in their order
 * @see <a href="https://github.com/opencontainers/image-spec/blob/main/descriptor.md">image-spec,
 *     content descriptors</a>
 */
public record Descriptor(
    String mediaType,
    Digest digest,
    long size,
    List<String> urls,
    Map<String, String> annotations,
    Optional<String> data,
    Optional<Platform> platform,
    Optional<String> artifactType,
    Map<String, String> unknownFields) {

  private static final Pattern MEDIA_TYPE =
      Pattern.compile(
          "[A-Za-z0-9][A-Za-z0-9!#$&^_.+-]{0,126}/[A-Za-z0-9][A-Za-z0-9!#$&^_.+-]{0,126}");

  /**
   * Checks the fields and copies the collections.
   *
   * @throws IllegalArgumentException if the media type is malformed or the size negative
   */
  public Descriptor {
    requireNonNull(digest, "digest");
    requireNonNull(data, "data");
    requireNonNull(platform, "platform");
    requireNonNull(artifactType, "artifactType");
    if (!MEDIA_TYPE.matcher(mediaType).matches()) {
      throw new IllegalArgumentException(
          "media type '%s' is not valid: expected type/subtype".formatted(Excerpt.of(mediaType)));
    }
    if (size < 0) {
      throw new IllegalArgumentException("size %d is negative".formatted(size));
    }
    urls = List.copyOf(urls);
    annotations = copy(annotations);
    unknownFields = copy(unknownFields);
  }

  /** Most have neither, and there may be a hundred thousand of them. */
  private static Map<String, String> copy(Map<String, String> members) {
    return members.isEmpty() ? Map.of() : Collections.unmodifiableMap(new LinkedHashMap<>(members));
  }

  // The one that a record has by itself is put together when it is first asked for, which takes a
  // command that has just started longer than a small plan.
  @Override
  public int hashCode() {
    return Objects.hash(
        mediaType, digest, size, urls, annotations, data, platform, artifactType, unknownFields);
  }

  /** Returns a descriptor with the three required fields alone. */
  public static Descriptor of(String mediaType, Digest digest, long size) {
    return new Descriptor(
        mediaType,
        digest,
        size,
        List.of(),
        Map.of(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Map.of());
  }

  /** Returns the descriptor of {@code content}. */
  public static Descriptor of(String mediaType, DigestAlgorithm algorithm, byte[] content) {
    return of(mediaType, Digest.of(algorithm, content), content.length);
  }

  /** Returns this descriptor with other annotations. */
  public Descriptor withAnnotations(Map<String, String> other) {
    return new Descriptor(
        mediaType, digest, size, urls, other, data, platform, artifactType, unknownFields);
  }

  /**
   * Returns this descriptor for other content of the same kind; what was embedded of the old one is
   * left out.
   */
  public Descriptor withContent(Digest other, long length) {
    return new Descriptor(
        mediaType,
        other,
        length,
        urls,
        annotations,
        other.equals(digest) ? data : Optional.empty(),
        platform,
        artifactType,
        unknownFields);
  }

  /** Returns this descriptor with a platform. */
  public Descriptor withPlatform(Platform other) {
    return new Descriptor(
        mediaType,
        digest,
        size,
        urls,
        annotations,
        data,
        Optional.of(other),
        artifactType,
        unknownFields);
  }

  /**
   * Returns this descriptor with its required fields and its platform alone: the rest may weigh
   * megabytes, and nobody who moves a blob needs it.
   */
  public Descriptor bare() {
    Descriptor bare = of(mediaType, digest, size);
    return platform.isPresent() ? bare.withPlatform(platform.get()) : bare;
  }

  /** Returns whether the embedded {@link #data()}, if there is any, is the described content. */
  boolean dataMatches() {
    if (data.isEmpty()) {
      return true;
    }
    byte[] content;
    try {
      content = Base64.getDecoder().decode(data.get());
    } catch (IllegalArgumentException notBase64) {
      return false;
    }
    return content.length == size && Digest.of(digest.algorithm(), content).equals(digest);
  }
}
