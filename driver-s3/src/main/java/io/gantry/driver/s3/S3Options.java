package io.gantry.driver.s3;

import io.gantry.api.provider.Option;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What can be told to a source or target in S3, beside what the SDK reads from the environment and
 * from the profiles. No credentials: an option is seen in the list of processes. No class of the
 * SDK either, so that asking for the options does not load it.
 */
final class S3Options {
  static final Option<Optional<String>> PROFILE =
      Option.text("profile", "use this profile of the AWS configuration, as AWS_PROFILE");

  static final Option<Optional<String>> REGION =
      Option.text("region", "the region of the bucket, as AWS_REGION");

  static final Option<Optional<String>> ENDPOINT =
      Option.text("endpoint", "the URL of an S3-compatible service, as AWS_ENDPOINT_URL_S3");

  static final Option<Addressing> ADDRESSING =
      Option.choice(
          "addressing",
          "where requests name the bucket: path, virtual (the host) or auto, path for an endpoint",
          Addressing.AUTO);

  static final Option<Boolean> ANONYMOUS =
      Option.flag("anonymous", "sign nothing, for public buckets", false);

  static final Option<Boolean> REQUEST_PAYER =
      Option.flag("request-payer", "pay for the requests to a bucket of somebody else", false);

  static final Option<Integer> CONNECTIONS =
      Option.number(
          "connections", "how many blobs or parts of blobs are under way at a time", 8, 1, 128);

  static final Option<Integer> TIMEOUT =
      Option.number(
          "timeout", "seconds of silence after which a request is tried again", 30, 1, 3600);

  static final Option<Integer> PART_SIZE =
      Option.number(
          "part-size",
          "MiB of a part; larger blobs go in parts, of more MiB where 10,000 would not do",
          8,
          5,
          1024);

  static final Option<Optional<String>> STORAGE_CLASS =
      Option.text("storage-class", "the storage class of blobs, such as STANDARD_IA");

  static final Option<Encryption> ENCRYPTION =
      Option.choice(
          "encryption",
          "what the service encrypts with: the bucket's default, s3 (SSE-S3) or kms (SSE-KMS)",
          Encryption.BUCKET);

  static final Option<Optional<String>> KMS_KEY =
      Option.text("kms-key", "the id or ARN of the key of SSE-KMS");

  static final Option<Boolean> CHECKSUMS =
      Option.flag(
          "checksums",
          "send x-amz-checksum-sha256; false for a service that refuses the header",
          true);

  static final Option<Boolean> LAST_WRITER_WINS =
      Option.flag(
          "last-writer-wins",
          "write the index without conditions, so that exports at the same time get lost",
          false);

  static final Option<Integer> STALE_UPLOAD_DAYS =
      Option.number(
          "stale-upload-days",
          "days after which unfinished uploads of killed exports to this prefix are aborted",
          7,
          0,
          3650);

  /** Of a source. */
  static final List<Option<?>> READING =
      List.of(
          PROFILE, REGION, ENDPOINT, ADDRESSING, ANONYMOUS, REQUEST_PAYER, CONNECTIONS, TIMEOUT);

  /** Of a target. */
  static final List<Option<?>> WRITING =
      Stream.concat(
              READING.stream(),
              Stream.of(
                  PART_SIZE,
                  STORAGE_CLASS,
                  ENCRYPTION,
                  KMS_KEY,
                  CHECKSUMS,
                  LAST_WRITER_WINS,
                  STALE_UPLOAD_DAYS))
          .toList();

  private S3Options() {}

  /** Where requests name their bucket. */
  enum Addressing {
    AUTO,
    PATH,
    VIRTUAL
  }

  /** Who holds the keys. */
  enum Encryption {
    BUCKET,
    S3,
    KMS
  }
}
