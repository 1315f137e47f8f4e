package io.gantry.driver.s3;

import io.gantry.api.oci.Descriptor;
import io.gantry.api.oci.Digest;
import io.gantry.api.oci.DigestAlgorithm;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.model.ChecksumAlgorithm;
import software.amazon.awssdk.services.s3.model.CompletedPart;
import software.amazon.awssdk.services.s3.model.CreateMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.NoSuchUploadException;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.PutObjectResponse;
import software.amazon.awssdk.services.s3.model.UploadPartRequest;

/** The requests that make blobs. Safe for use by several threads. */
final class BlobUploads {
  private static final String OCTETS = "application/octet-stream";

  private final Bucket bucket;
  private final WriteSettings settings;
  private final Consumer<String> notices;
  private final AtomicBoolean noticed = new AtomicBoolean();

  BlobUploads(Bucket bucket, WriteSettings settings, Consumer<String> notices) {
    this.bucket = bucket;
    this.settings = settings;
    this.notices = notices;
  }

  String url(Digest blob) {
    return bucket.location().url(S3Location.fileOf(blob));
  }

  /** Stores a blob in one request, which the service refuses if the content has another digest. */
  void put(Descriptor blob, byte[] content, int length) throws IOException {
    String file = S3Location.fileOf(blob.digest());
    PutObjectRequest.Builder request =
        PutObjectRequest.builder()
            .bucket(bucket.name())
            .key(bucket.location().key(file))
            .requestPayer(bucket.payer());
    settings.describe(request, blob);
    if (settings.checksums()) {
      request.checksumSHA256(
          blob.digest().algorithm() == DigestAlgorithm.SHA256
              ? base64(HexFormat.of().parseHex(blob.digest().encoded()))
              : base64(sha256(content, length)));
    }
    PutObjectResponse answer =
        bucket.send(
            S3Action.PUT_OBJECT,
            file,
            client -> client.putObject(request.build(), body(content, length)));
    if (settings.checksums() && answer.checksumSHA256() == null && !noticed.getAndSet(true)) {
      notices.accept(
          "%s: the service does not confirm SHA-256 checksums; what was sent is verified, what it"
                  .formatted(bucket.location())
              + " stored is not");
    }
  }

  /** Begins a blob in parts and returns the id of the upload. */
  String begin(Descriptor blob) throws IOException {
    String file = S3Location.fileOf(blob.digest());
    CreateMultipartUploadRequest.Builder request =
        CreateMultipartUploadRequest.builder()
            .bucket(bucket.name())
            .key(bucket.location().key(file))
            .requestPayer(bucket.payer());
    settings.describe(request, blob);
    if (settings.checksums()) {
      request.checksumAlgorithm(ChecksumAlgorithm.SHA256);
    }
    return bucket.send(
        S3Action.PUT_OBJECT,
        file,
        client -> client.createMultipartUpload(request.build()).uploadId());
  }

  /** Stores a part, which the service refuses if the content has another checksum. */
  CompletedPart part(Digest blob, String upload, int number, byte[] content, int length)
      throws IOException {
    String file = S3Location.fileOf(blob);
    UploadPartRequest.Builder request =
        UploadPartRequest.builder()
            .bucket(bucket.name())
            .key(bucket.location().key(file))
            .requestPayer(bucket.payer())
            .uploadId(upload)
            .partNumber(number);
    CompletedPart.Builder part = CompletedPart.builder().partNumber(number);
    if (settings.checksums()) {
      String checksum = base64(sha256(content, length));
      request.checksumSHA256(checksum);
      part.checksumSHA256(checksum);
    }
    return bucket.send(
        S3Action.PUT_OBJECT,
        file,
        client ->
            part.eTag(client.uploadPart(request.build(), body(content, length)).eTag()).build());
  }

  /** Makes the parts a blob. */
  void complete(Digest blob, String upload, List<CompletedPart> parts, long size)
      throws IOException {
    String file = S3Location.fileOf(blob);
    try {
      bucket.attempt(
          client ->
              client.completeMultipartUpload(
                  complete ->
                      complete
                          .bucket(bucket.name())
                          .key(bucket.location().key(file))
                          .requestPayer(bucket.payer())
                          .uploadId(upload)
                          .multipartUpload(completed -> completed.parts(parts))));
    } catch (NoSuchUploadException e) {
      // The answer to an attempt was lost, not the attempt: then the blob is there.
      Optional<StoredFile> stored = bucket.head(file);
      if (stored.isEmpty() || stored.get().size() != size) {
        throw bucket.failed(S3Action.PUT_OBJECT, file, e);
      }
    } catch (SdkException e) {
      throw bucket.failed(S3Action.PUT_OBJECT, file, e);
    }
  }

  /** Throws the parts of a blob away. */
  void abort(Digest blob, String upload) throws IOException {
    String file = S3Location.fileOf(blob);
    try {
      bucket.abortUpload(bucket.location().key(file), upload);
    } catch (SdkException e) {
      throw bucket.failed(S3Action.ABORT_UPLOAD, file, e);
    }
  }

  /** A body that can be sent again, as often as the SDK tries. */
  static RequestBody body(byte[] content, int length) {
    return RequestBody.fromContentProvider(
        () -> new ByteArrayInputStream(content, 0, length), length, OCTETS);
  }

  static String base64(byte[] bytes) {
    return Base64.getEncoder().encodeToString(bytes);
  }

  static byte[] sha256(byte[] content, int length) {
    MessageDigest hash = DigestAlgorithm.SHA256.newMessageDigest();
    hash.update(content, 0, length);
    return hash.digest();
  }
}
