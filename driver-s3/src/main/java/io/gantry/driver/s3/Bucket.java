package io.gantry.driver.s3;

import io.gantry.api.GantryException;
import io.gantry.api.GantryException.Kind;
import io.gantry.api.provider.Options;
import java.io.Closeable;
import java.io.IOException;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.exception.RetryableException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.http.AbortableInputStream;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.NoSuchUploadException;
import software.amazon.awssdk.services.s3.model.RequestPayer;
import software.amazon.awssdk.services.s3.model.S3Exception;

/**
 * The part of a bucket that is a layout: every request goes through here, and every failure leaves
 * it in words for people. Safe for use by several threads.
 */
final class Bucket implements Closeable {
  private static final Pattern CONTENT_RANGE = Pattern.compile("bytes \\d+-\\d+/(\\d+)");

  private final S3Client client;
  private final S3Location location;
  private final boolean requestPayer;
  private final S3Failure failure;

  private Bucket(S3Client client, S3Location location, boolean requestPayer, Kind side) {
    this.client = client;
    this.location = location;
    this.requestPayer = requestPayer;
    this.failure = new S3Failure(side);
  }

  /**
   * Makes a client; connects to nothing yet.
   *
   * @param side the kind of failure that a failed request is
   */
  static Bucket open(S3Location location, Options options, Kind side) throws GantryException {
    return new Bucket(
        S3Clients.open(options), location, options.get(S3Options.REQUEST_PAYER), side);
  }

  S3Location location() {
    return location;
  }

  String name() {
    return location.bucket();
  }

  /** Returns what every request says of who pays for it. */
  @Nullable RequestPayer payer() {
    return requestPayer ? RequestPayer.REQUESTER : null;
  }

  /**
   * Makes a request and words its failure.
   *
   * @param file the file of the layout that it is about, or empty for all of it
   */
  <T> T send(S3Action action, String file, Function<S3Client, T> request) throws IOException {
    try {
      return request.apply(client);
    } catch (SdkException e) {
      throw failed(action, file, e);
    }
  }

  IOException failed(S3Action action, String file, SdkException e) {
    return failure.of(action, location.url(file), e);
  }

  /** Makes a request whose failure the caller wants to look at first. */
  <T> T attempt(Function<S3Client, T> request) {
    return request.apply(client);
  }

  /**
   * Reads a file of the layout whole.
   *
   * @return empty if there is none
   * @throws GantryException of kind {@code INVALID_IMAGE} if it is larger than {@code limit}
   */
  Optional<StoredFile> read(String file, int limit) throws IOException {
    try {
      StoredFile stored =
          client.getObject(
              get(file).build(), (response, body) -> body(response, body, limit, Long.MAX_VALUE));
      if (stored.size() > limit) {
        throw new GantryException(
            Kind.INVALID_IMAGE,
            "%s: %d bytes are more than the %d that are read of it"
                .formatted(location.url(file), stored.size(), limit));
      }
      return Optional.of(stored);
    } catch (SdkException e) {
      if (S3Failure.isAbsent(e)) {
        return Optional.empty();
      }
      throw failed(S3Action.GET_OBJECT, file, e);
    }
  }

  /**
   * Reads a range of a file of the layout.
   *
   * @param etag the version that must still be there
   * @return empty if there is no such file, or none that reaches {@code first}
   */
  Optional<StoredFile> readRange(String file, long first, int length, Optional<String> etag)
      throws IOException {
    GetObjectRequest.Builder request =
        get(file).range("bytes=%d-%d".formatted(first, first + length - 1));
    etag.ifPresent(request::ifMatch);
    try {
      StoredFile stored =
          client.getObject(
              request.build(), (response, body) -> body(response, body, length, first));
      return Optional.of(stored);
    } catch (SdkException e) {
      int status = e instanceof S3Exception answer ? answer.statusCode() : 0;
      if (status == 416 || S3Failure.isAbsent(e)) {
        return Optional.empty();
      }
      if (status == 412) {
        throw new GantryException(
            Kind.SOURCE_FAILED,
            "%s: changed while it was read; export again".formatted(location.url(file)),
            e);
      }
      throw failed(S3Action.GET_OBJECT, file, e);
    }
  }

  /**
   * Returns the size and version of a file of the layout, without content; empty if there is none.
   */
  Optional<StoredFile> head(String file) throws IOException {
    try {
      HeadObjectResponse answer =
          client.headObject(
              head -> head.bucket(name()).key(location.key(file)).requestPayer(payer()));
      return Optional.of(new StoredFile(new byte[0], answer.contentLength(), answer.eTag()));
    } catch (SdkException e) {
      if (S3Failure.isAbsent(e)) {
        return Optional.empty();
      }
      throw failed(S3Action.GET_OBJECT, file, e);
    }
  }

  /** Throws the parts of an upload away; if it is gone already, that is what was wanted. */
  void abortUpload(String key, String upload) {
    try {
      client.abortMultipartUpload(
          abort -> abort.bucket(name()).key(key).uploadId(upload).requestPayer(payer()));
    } catch (NoSuchUploadException gone) {
      // By an attempt whose answer was lost, or by another export.
    }
  }

  private GetObjectRequest.Builder get(String file) {
    return GetObjectRequest.builder().bucket(name()).key(location.key(file)).requestPayer(payer());
  }

  /**
   * Reads a body within the SDK's own attempt, so that one that is cut is asked for again.
   *
   * @param limit how much is wanted of it at most
   * @param first where the range begins, or {@code Long.MAX_VALUE} if the whole file was asked for
   */
  private static StoredFile body(
      GetObjectResponse response, AbortableInputStream body, int limit, long first) {
    Matcher range =
        CONTENT_RANGE.matcher(response.contentRange() == null ? "" : response.contentRange());
    if (response.contentLength() == null) {
      body.abort();
      throw RetryableException.create("the service does not say how long the answer is");
    }
    long length = response.contentLength();
    long size = length;
    if (range.matches()) {
      size = Long.parseLong(range.group(1));
    } else if (first != 0 && first != Long.MAX_VALUE) {
      body.abort();
      throw RetryableException.create("the service does not know ranged reads");
    }
    if (first == Long.MAX_VALUE && length > limit) {
      // Nothing of it is wanted, and it may be as large as it likes.
      body.abort();
      return new StoredFile(new byte[0], size, response.eTag());
    }
    int wanted = (int) Math.min(length, limit);
    try {
      byte[] content = new byte[wanted];
      int count = body.readNBytes(content, 0, wanted);
      if (count < wanted) {
        throw RetryableException.create(
            "the answer ended after %d of %d bytes".formatted(count, length));
      }
      if (length > limit) {
        body.abort();
      }
      return new StoredFile(content, size, response.eTag());
    } catch (IOException e) {
      throw RetryableException.create("the answer was cut: " + e.getMessage(), e);
    }
  }

  @Override
  public void close() {
    client.close();
  }
}
