package io.gantry.driver.s3;

import io.gantry.api.oci.Descriptor;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Request;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Response;
import software.amazon.awssdk.services.s3.model.S3Exception;
import software.amazon.awssdk.services.s3.model.S3Object;

/**
 * Which blobs the bucket holds: from a listing as far as it was read, and asked one by one beyond
 * it. An object appears whole or not at all, and was refused if it had another digest, so that the
 * right size at the right key is proof.
 */
final class PresentBlobs {
  /** A page of a thousand keys costs what a dozen questions cost, and takes longer than one. */
  private static final int BLOBS_PER_PAGE = 50;

  private final Bucket bucket;
  private final Map<String, Long> listed = new HashMap<>();

  /** Up to this key, in the order of keys, all that is there is listed. */
  private String end = "";

  private PresentBlobs(Bucket bucket) {
    this.bucket = bucket;
  }

  /**
   * Lists what there is of some blobs.
   *
   * @param blobs in the order of their digests, which is the order of their keys
   */
  static PresentBlobs among(Bucket bucket, List<Descriptor> blobs) throws IOException {
    PresentBlobs present = new PresentBlobs(bucket);
    if (!blobs.isEmpty()) {
      present.list(
          key(bucket, blobs.get(0)),
          key(bucket, blobs.get(blobs.size() - 1)),
          1 + blobs.size() / BLOBS_PER_PAGE);
    }
    return present;
  }

  private void list(String first, String last, int pages) throws IOException {
    ListObjectsV2Request request =
        ListObjectsV2Request.builder()
            .bucket(bucket.name())
            .prefix(bucket.location().key("blobs/"))
            // The key before which nothing of ours is: the listing begins after it.
            .startAfter(first.substring(0, first.length() - 1))
            .requestPayer(bucket.payer())
            .build();
    for (int page = 0; page < pages && end.compareTo(last) < 0; page++) {
      ListObjectsV2Request next = request;
      ListObjectsV2Response answer;
      try {
        answer = bucket.attempt(client -> client.listObjectsV2(next));
      } catch (S3Exception e) {
        if (S3Failure.isUnavailable(e)) {
          // Who may not list can still ask for each blob.
          return;
        }
        throw bucket.failed(S3Action.LIST_OBJECTS, "", e);
      } catch (SdkException e) {
        throw bucket.failed(S3Action.LIST_OBJECTS, "", e);
      }
      for (S3Object object : answer.contents()) {
        listed.put(object.key(), object.size());
        end = object.key();
      }
      if (!Boolean.TRUE.equals(answer.isTruncated())) {
        end = last;
      }
      request = request.toBuilder().continuationToken(answer.nextContinuationToken()).build();
    }
  }

  boolean holds(Descriptor blob) throws IOException {
    String key = key(bucket, blob);
    if (key.compareTo(end) <= 0) {
      Long size = listed.get(key);
      return size != null && size == blob.size();
    }
    Optional<StoredFile> stored = bucket.head(S3Location.fileOf(blob.digest()));
    return stored.isPresent() && stored.get().size() == blob.size();
  }

  private static String key(Bucket bucket, Descriptor blob) {
    return bucket.location().key(S3Location.fileOf(blob.digest()));
  }
}
