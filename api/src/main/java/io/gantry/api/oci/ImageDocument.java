package io.gantry.api.oci;

import io.gantry.api.GantryException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** A blob of an image that has children: a manifest or an index. */
public sealed interface ImageDocument permits Manifest, Index {

  /** The largest manifest or index that is read, in bytes: what every registry must accept. */
  int MAX_BYTES = 4 * 1024 * 1024;

  /** Returns what this document needs to be complete, in the order of the document. */
  List<Descriptor> children();

  /**
   * Returns what this document refers to as the thing that it signs, describes or attests. A
   * subject is not a child: an image is complete without it.
   */
  Optional<Descriptor> subject();

  /**
   * Parses a manifest or an index.
   *
   * @param descriptor what the bytes are; its media type must be a {@linkplain
   *     MediaTypes#isManifest manifest's} or an {@linkplain MediaTypes#isIndex index's}
   * @param bytes the content, verified by the caller
   * @throws GantryException of kind {@code INVALID_IMAGE} if the content breaks the image-spec, or
   *     is not what the descriptor's media type says (CVE-2021-41190); of kind {@code
   *     CONTENT_MISMATCH} if an embedded {@code data} is not the content that it stands for
   */
  static ImageDocument parse(Descriptor descriptor, byte[] bytes) throws GantryException {
    List<GantryException> mismatches = new ArrayList<>();
    ImageDocument document = parse(descriptor, bytes, mismatches::add);
    if (!mismatches.isEmpty()) {
      throw mismatches.get(0);
    }
    return document;
  }

  /**
   * Parses a manifest or an index that may embed the wrong content, for who wants to know of all
   * that is wrong with an image: what is embedded is not used.
   *
   * @param descriptor what the bytes are; its media type must be a {@linkplain
   *     MediaTypes#isManifest manifest's} or an {@linkplain MediaTypes#isIndex index's}
   * @param bytes the content, verified by the caller
   * @param mismatches told of each embedded {@code data} that is not the content that it stands for
   * @throws GantryException of kind {@code INVALID_IMAGE} if the content breaks the image-spec, or
   *     is not what the descriptor's media type says (CVE-2021-41190)
   */
  static ImageDocument parse(
      Descriptor descriptor, byte[] bytes, Consumer<GantryException> mismatches)
      throws GantryException {
    String mediaType = descriptor.mediaType();
    if (MediaTypes.isIndex(mediaType)) {
      return OciJson.parse("index " + descriptor.digest(), bytes).toIndex(mediaType, mismatches);
    }
    if (MediaTypes.isManifest(mediaType)) {
      return OciJson.parse("manifest " + descriptor.digest(), bytes)
          .toManifest(mediaType, mismatches);
    }
    throw new IllegalArgumentException(mediaType + " has no children");
  }

  /**
   * Returns the media type of a manifest or index that is known by its digest alone: the one that
   * it states, or the one that its members imply.
   *
   * @param digest the digest of the content, for messages
   * @param bytes the content, verified by the caller
   * @throws GantryException of kind {@code INVALID_IMAGE} if the content is neither a manifest nor
   *     an index
   */
  static String mediaTypeOf(Digest digest, byte[] bytes) throws GantryException {
    return OciJson.parse("blob " + digest, bytes).impliedMediaType();
  }
}
