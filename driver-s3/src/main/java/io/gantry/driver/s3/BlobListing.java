package io.gantry.driver.s3;

import io.gantry.api.oci.Digest;
import io.gantry.api.oci.DigestAlgorithm;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Request;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Response;
import software.amazon.awssdk.services.s3.model.S3Exception;
import software.amazon.awssdk.services.s3.model.S3Object;

/** All blobs of a layout, from a listing of their keys. */
final class BlobListing {
  private BlobListing() {}

  /** Lists the blobs, or tells nothing where keys may be read and not be listed. */
  static Optional<List<Digest>> of(Bucket bucket) throws IOException {
    List<Digest> blobs = new ArrayList<>();
    for (DigestAlgorithm algorithm : DigestAlgorithm.values()) {
      String prefix = bucket.location().key("blobs/" + algorithm.id() + "/");
      ListObjectsV2Request request =
          ListObjectsV2Request.builder()
              .bucket(bucket.name())
              .prefix(prefix)
              .requestPayer(bucket.payer())
              .build();
      boolean more = true;
      while (more) {
        ListObjectsV2Request next = request;
        ListObjectsV2Response page;
        try {
          page = bucket.attempt(client -> client.listObjectsV2(next));
        } catch (S3Exception e) {
          if (S3Failure.isUnavailable(e)) {
            return Optional.empty();
          }
          throw bucket.failed(S3Action.LIST_OBJECTS, "", e);
        } catch (SdkException e) {
          throw bucket.failed(S3Action.LIST_OBJECTS, "", e);
        }
        for (S3Object object : page.contents()) {
          blobOf(algorithm, object.key().substring(prefix.length())).ifPresent(blobs::add);
        }
        more = Boolean.TRUE.equals(page.isTruncated());
        request = request.toBuilder().continuationToken(page.nextContinuationToken()).build();
      }
    }
    return Optional.of(blobs);
  }

  private static Optional<Digest> blobOf(DigestAlgorithm algorithm, String name) {
    try {
      return Optional.of(new Digest(algorithm, name));
    } catch (IllegalArgumentException somethingElse) {
      return Optional.empty();
    }
  }
}
