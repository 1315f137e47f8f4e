package io.gantry.driver.s3;

import io.gantry.api.GantryException;
import io.gantry.api.GantryException.Kind;
import io.gantry.api.oci.Descriptor;
import io.gantry.api.provider.Options;
import io.gantry.driver.s3.S3Options.Encryption;
import java.util.Optional;
import java.util.regex.Pattern;
import software.amazon.awssdk.services.s3.model.CreateMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.ServerSideEncryption;

/**
 * How objects are to be kept.
 *
 * @param partBytes the size of a part, and of the largest blob that goes without
 * @param storageClass of blobs; the index is small and often changed, which other classes charge
 * @param encryption empty for what the bucket does by default
 * @param kmsKey the key of SSE-KMS, empty for the account's own
 * @param checksums whether the service is told the SHA-256 of what it gets
 */
record WriteSettings(
    int partBytes,
    Optional<String> storageClass,
    Optional<ServerSideEncryption> encryption,
    Optional<String> kmsKey,
    boolean checksums) {

  private static final int MIB = 1024 * 1024;
  private static final int MAX_PARTS = 10_000;
  private static final long MAX_BLOB_BYTES = 5L << 40;

  /** The grammar of a media type, RFC 6838; what else an image says must not become a header. */
  private static final Pattern MEDIA_TYPE =
      Pattern.compile("[A-Za-z0-9][A-Za-z0-9!#$&^_.+-]*/[A-Za-z0-9][A-Za-z0-9!#$&^_.+-]*");

  static WriteSettings of(Options options) throws GantryException {
    Optional<String> key = options.get(S3Options.KMS_KEY);
    Encryption encryption = options.get(S3Options.ENCRYPTION);
    if (key.isPresent() && encryption != Encryption.KMS) {
      throw new GantryException(
          Kind.INVALID_ARGUMENT, "s3: the option kms-key needs encryption=kms beside it");
    }
    return new WriteSettings(
        options.get(S3Options.PART_SIZE) * MIB,
        options.get(S3Options.STORAGE_CLASS),
        switch (encryption) {
          case BUCKET -> Optional.empty();
          case S3 -> Optional.of(ServerSideEncryption.AES256);
          case KMS -> Optional.of(ServerSideEncryption.AWS_KMS);
        },
        key,
        options.get(S3Options.CHECKSUMS));
  }

  /**
   * Returns the size of the parts of a blob, larger than usual if it would have too many.
   *
   * @throws GantryException of kind {@code INVALID_IMAGE} if no parts can hold it
   */
  int partBytes(Descriptor blob) throws GantryException {
    long least = (blob.size() + MAX_PARTS - 1) / MAX_PARTS;
    long bytes = Math.max(partBytes, (least + MIB - 1) / MIB * MIB);
    if (blob.size() > MAX_BLOB_BYTES) {
      throw new GantryException(
          Kind.INVALID_IMAGE,
          "blob %s: %d bytes are more than the 5 TiB that S3 takes"
              .formatted(blob.digest(), blob.size()));
    }
    return (int) bytes;
  }

  /** Adds what is said of every object. */
  void describe(PutObjectRequest.Builder request) {
    encryption.ifPresent(request::serverSideEncryption);
    kmsKey.ifPresent(request::ssekmsKeyId);
  }

  /** Adds what is said of a blob. */
  void describe(PutObjectRequest.Builder request, Descriptor blob) {
    describe(request);
    request.contentType(contentType(blob));
    storageClass.ifPresent(request::storageClass);
  }

  /** Adds what is said of a blob. */
  void describe(CreateMultipartUploadRequest.Builder request, Descriptor blob) {
    encryption.ifPresent(request::serverSideEncryption);
    kmsKey.ifPresent(request::ssekmsKeyId);
    request.contentType(contentType(blob));
    storageClass.ifPresent(request::storageClass);
  }

  /**
   * JSON keeps its own type; all else is bytes, as registries have it. A browser that is led to a
   * public bucket must not take a layer for a page of it.
   */
  private static String contentType(Descriptor blob) {
    String type = blob.mediaType();
    boolean json = type.endsWith("+json") || type.equals("application/json");
    return json && MEDIA_TYPE.matcher(type).matches() ? type : "application/octet-stream";
  }
}
