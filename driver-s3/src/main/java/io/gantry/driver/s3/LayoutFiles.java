package io.gantry.driver.s3;

import io.gantry.api.GantryException;
import io.gantry.api.GantryException.Kind;
import io.gantry.api.oci.Index;
import io.gantry.api.oci.LayoutHeader;
import io.gantry.api.oci.MediaTypes;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.S3Exception;

/**
 * The two files that make a prefix with blobs an OCI image layout: oci-layout and index.json. The
 * index is changed by compare-and-swap, so that of several exports none loses an entry.
 */
final class LayoutFiles {
  private static final String INDEX = "index.json";

  /** About a hundred thousand images. */
  private static final int MAX_INDEX_BYTES = 32 * 1024 * 1024;

  private static final String HEADER_TYPE = "application/vnd.oci.layout.header.v1+json";

  /** The version of no object: an entity tag of S3 is the MD5 of something. */
  private static final String NO_VERSION = "\"00000000000000000000000000000000\"";

  private final Bucket bucket;
  private final Supplier<Backoff> races;
  private Optional<StoredFile> header = Optional.empty();
  private Optional<StoredFile> index = Optional.empty();

  /** Ceph before 17 compares the tag without the quotes that it sends it with. */
  private boolean bareTags;

  /** Whether the index was refused because of its condition, not of another write under way. */
  private boolean conditionFailed;

  LayoutFiles(Bucket bucket) {
    this(bucket, Backoff::new);
  }

  LayoutFiles(Bucket bucket, Supplier<Backoff> races) {
    this.bucket = bucket;
    this.races = races;
  }

  /** Reads both files; the index first, as another export may be making a layout of the prefix. */
  void load() throws IOException {
    index = bucket.read(INDEX, MAX_INDEX_BYTES);
    header = bucket.read(LayoutHeader.FILE_NAME, LayoutHeader.MAX_BYTES);
    if (header.isPresent()) {
      LayoutHeader.check(headerUrl(), header.get().content());
    }
  }

  boolean hasHeader() {
    return header.isPresent();
  }

  boolean hasIndex() {
    return index.isPresent();
  }

  /** Returns the index as it was read, empty if there is none. */
  Index parseIndex() throws GantryException {
    return index.isPresent()
        ? Index.parseLayoutIndex(indexUrl(), index.get().content())
        : Index.of(List.of());
  }

  String indexUrl() {
    return bucket.location().url(INDEX);
  }

  private String headerUrl() {
    return bucket.location().url(LayoutHeader.FILE_NAME);
  }

  /**
   * Finds out whether the service heeds conditions, with a write that must be refused. One that
   * does not heed them gets the header of a layout, which is, or is about to be, there anyway.
   */
  Conditions probe(WriteSettings settings) throws IOException {
    byte[] content = header.map(StoredFile::content).orElseGet(LayoutHeader::toJson);
    try {
      put(
          LayoutHeader.FILE_NAME,
          HEADER_TYPE,
          content,
          settings,
          request -> request.ifMatch(NO_VERSION));
      return Conditions.IGNORED;
    } catch (SdkException e) {
      if (isLost(e)) {
        return Conditions.HONOURED;
      }
      if (e instanceof S3Exception answer && answer.statusCode() == 501) {
        return Conditions.REFUSED;
      }
      throw bucket.failed(S3Action.PUT_OBJECT, LayoutHeader.FILE_NAME, e);
    }
  }

  /**
   * Adds entries to the index, or starts a new one. Reading, merging and writing are one step for
   * all who do the same, if the service heeds conditions.
   *
   * @throws GantryException of kind {@code TARGET_FAILED} if others change the index all the time
   */
  void publish(Index entries, boolean overwrite, Conditions conditions, WriteSettings settings)
      throws IOException {
    if (!hasHeader()) {
      writeHeader(conditions, settings);
    }
    if (conditions != Conditions.HONOURED) {
      // Nothing keeps others from writing in between; what can be done is to make it short.
      index = bucket.read(INDEX, MAX_INDEX_BYTES);
    }
    boolean fresh = conditions != Conditions.HONOURED;
    for (Backoff backoff = races.get(); ; ) {
      byte[] json =
          overwrite || index.isEmpty()
              ? entries.toLayoutJson()
              : entries.addedTo(indexUrl(), index.get().content());
      if (index.isPresent() && Arrays.equals(json, index.get().content())) {
        // Nothing changes; or an attempt arrived whose answer was lost.
        if (fresh) {
          return;
        }
        // It was so when the export began; others may have changed it since.
        index = bucket.read(INDEX, MAX_INDEX_BYTES);
        fresh = true;
        continue;
      }
      if (json.length > MAX_INDEX_BYTES) {
        throw new GantryException(
            Kind.INVALID_IMAGE,
            "%s: with these entries it would have %d bytes, more than the %d that are read"
                .formatted(indexUrl(), json.length, MAX_INDEX_BYTES));
      }
      if (replaceIndex(json, conditions, settings)) {
        return;
      }
      if (!backoff.pause()) {
        throw new GantryException(
            Kind.TARGET_FAILED,
            "%s: other exports changed it %d times in a row; try again later"
                .formatted(indexUrl(), backoff.pauses()));
      }
      reload();
      fresh = true;
    }
  }

  private void writeHeader(Conditions conditions, WriteSettings settings) throws IOException {
    try {
      put(
          LayoutHeader.FILE_NAME,
          HEADER_TYPE,
          LayoutHeader.toJson(),
          settings,
          request -> {
            if (conditions == Conditions.HONOURED) {
              request.ifNoneMatch("*");
            }
          });
    } catch (SdkException e) {
      // Another export was faster, and wrote the same.
      if (!isLost(e)) {
        throw bucket.failed(S3Action.PUT_OBJECT, LayoutHeader.FILE_NAME, e);
      }
    }
  }

  /** Returns whether the index was written; if not, it was changed since it was read. */
  private boolean replaceIndex(byte[] json, Conditions conditions, WriteSettings settings)
      throws IOException {
    try {
      put(
          INDEX,
          MediaTypes.OCI_INDEX,
          json,
          settings,
          request -> {
            if (conditions != Conditions.HONOURED) {
              return;
            }
            if (index.isPresent()) {
              request.ifMatch(tag(index.get()));
            } else {
              request.ifNoneMatch("*");
            }
          });
      return true;
    } catch (SdkException e) {
      if (conditions == Conditions.HONOURED && isLost(e)) {
        conditionFailed = ((S3Exception) e).statusCode() == 412;
        return false;
      }
      IOException failure = bucket.failed(S3Action.PUT_OBJECT, INDEX, e);
      if (isPublished(json, failure)) {
        return true;
      }
      throw failure;
    }
  }

  /**
   * Looks whether a write arrived of which nothing was heard, or which was not waited for.
   *
   * @param failure what the write failed with
   * @throws GantryException if that cannot be found out
   */
  private boolean isPublished(byte[] json, IOException failure) throws GantryException {
    boolean interrupted = Thread.interrupted();
    try {
      Optional<StoredFile> current = bucket.read(INDEX, MAX_INDEX_BYTES);
      return current.isPresent() && Arrays.equals(json, current.get().content());
    } catch (IOException unknown) {
      failure.addSuppressed(unknown);
      throw new GantryException(
          Kind.TARGET_FAILED,
          "%s; it may have been written all the same, which cannot be told now; export again"
              .formatted(
                  failure instanceof GantryException
                      ? failure.getMessage()
                      : indexUrl() + ": " + failure.getMessage()),
          failure);
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** Reads the index that another export has written. */
  private void reload() throws IOException {
    Optional<StoredFile> current = bucket.read(INDEX, MAX_INDEX_BYTES);
    boolean unchanged =
        index.isPresent() && current.isPresent() && index.get().etag().equals(current.get().etag());
    if (unchanged && conditionFailed) {
      bareTags = !bareTags;
    }
    index = current;
  }

  private String tag(StoredFile file) {
    String tag = file.etag();
    return bareTags ? tag.replace("\"", "") : tag;
  }

  /** Whether a condition did not hold, or another conditional write was under way. */
  private static boolean isLost(SdkException e) {
    return S3Failure.isAbsent(e)
        || (e instanceof S3Exception answer
            && (answer.statusCode() == 412 || answer.statusCode() == 409));
  }

  private void put(
      String file,
      String type,
      byte[] content,
      WriteSettings settings,
      Consumer<PutObjectRequest.Builder> condition) {
    PutObjectRequest.Builder request =
        PutObjectRequest.builder()
            .bucket(bucket.name())
            .key(bucket.location().key(file))
            .requestPayer(bucket.payer())
            .contentType(type);
    settings.describe(request);
    if (settings.checksums()) {
      request.checksumSHA256(BlobUploads.base64(BlobUploads.sha256(content, content.length)));
    }
    condition.accept(request);
    bucket.attempt(
        client -> client.putObject(request.build(), BlobUploads.body(content, content.length)));
  }
}
