package io.gantry.driver.s3;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.regex.Pattern;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.model.ListMultipartUploadsResponse;
import software.amazon.awssdk.services.s3.model.MultipartUpload;
import software.amazon.awssdk.services.s3.model.S3Exception;

/** Uploads in parts that nobody will finish: invisible, and paid for until they are aborted. */
final class StaleUploads {
  private static final Pattern BLOB = Pattern.compile("blobs/sha(256|512)/[0-9a-f]{64,128}$");

  private StaleUploads() {}

  /** Aborts what was begun for blobs of this layout before a time. */
  static void abort(Bucket bucket, Duration age) throws IOException {
    Instant before = Instant.now().minus(age);
    ListMultipartUploadsResponse answer;
    try {
      // One page, as not every service understands the markers of the next: more than a thousand
      // leftovers take several exports to clear.
      answer =
          bucket.attempt(
              client ->
                  client.listMultipartUploads(
                      list ->
                          list.bucket(bucket.name())
                              .prefix(bucket.location().key("blobs/"))
                              .requestPayer(bucket.payer())));
    } catch (S3Exception e) {
      if (S3Failure.isUnavailable(e)) {
        // Who may not list them can export all the same; the bucket's owner has rules for them.
        return;
      }
      throw bucket.failed(S3Action.LIST_UPLOADS, "", e);
    } catch (SdkException e) {
      throw bucket.failed(S3Action.LIST_UPLOADS, "", e);
    }
    for (MultipartUpload upload : answer.uploads()) {
      // Not what others keep below a prefix, and not what a service gives no date.
      if (BLOB.matcher(upload.key()).find()
          && upload.initiated() != null
          && !upload.initiated().isAfter(before)) {
        abort(bucket, upload);
      }
    }
  }

  private static void abort(Bucket bucket, MultipartUpload upload) throws IOException {
    try {
      bucket.abortUpload(upload.key(), upload.uploadId());
    } catch (S3Exception e) {
      if (!S3Failure.isUnavailable(e)) {
        throw bucket.failed(S3Action.ABORT_UPLOAD, "", e);
      }
    } catch (SdkException e) {
      throw bucket.failed(S3Action.ABORT_UPLOAD, "", e);
    }
  }
}
