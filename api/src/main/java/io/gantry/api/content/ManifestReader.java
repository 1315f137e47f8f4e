package io.gantry.api.content;

import io.gantry.api.GantryException;
import io.gantry.api.GantryException.Kind;
import io.gantry.api.oci.Descriptor;
import io.gantry.api.oci.Digest;
import io.gantry.api.oci.ImageDocument;
import java.io.IOException;
import java.nio.ByteBuffer;

/** Reads blobs that are small by rule, manifests and indexes, whole and verified. */
public final class ManifestReader {
  private ManifestReader() {}

  /**
   * Returns the content of a manifest, index or configuration, size and digest verified.
   *
   * @throws GantryException of kind {@code INVALID_IMAGE} if it is larger than {@link
   *     ImageDocument#MAX_BYTES}, {@code CONTENT_MISMATCH} if it is not what the descriptor says
   * @throws IOException if the store cannot be read
   */
  public static byte[] read(ContentStore store, Descriptor descriptor) throws IOException {
    checkLimit(descriptor.digest(), descriptor.size());
    try (BlobReader reader = store.open(descriptor)) {
      Verification.size(descriptor.digest(), descriptor.size(), reader.size());
      return readVerified(reader, descriptor.digest(), descriptor.size());
    }
  }

  /**
   * Returns the descriptor of a manifest or index that is known by its digest alone; for stores
   * that implement {@link ContentStore#resolve} over plain blobs.
   *
   * @throws GantryException as {@link ContentStore#resolve} has it
   * @throws IOException if the blob cannot be read
   */
  public static Descriptor describe(Digest digest, BlobReader reader) throws IOException {
    long size = reader.size();
    checkLimit(digest, size);
    byte[] content = readVerified(reader, digest, size);
    return Descriptor.of(ImageDocument.mediaTypeOf(digest, content), digest, content.length);
  }

  private static void checkLimit(Digest digest, long size) throws GantryException {
    if (size > ImageDocument.MAX_BYTES) {
      throw new GantryException(
          Kind.INVALID_IMAGE,
          "blob %s: %d bytes are more than the %d that are read of a manifest, index or config"
              .formatted(digest, size, ImageDocument.MAX_BYTES));
    }
  }

  private static byte[] readVerified(BlobReader reader, Digest digest, long size)
      throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(Math.toIntExact(size));
    while (buffer.hasRemaining()) {
      if (reader.read(buffer, buffer.position()) <= 0) {
        throw new GantryException(
            Kind.CONTENT_MISMATCH,
            "blob %s: ended after %d of %d bytes; fetch the image again"
                .formatted(digest, buffer.position(), buffer.capacity()));
      }
    }
    byte[] content = buffer.array();
    Verification.digest(digest, Digest.of(digest.algorithm(), content));
    return content;
  }
}
