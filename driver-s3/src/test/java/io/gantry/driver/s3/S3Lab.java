package io.gantry.driver.s3;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.gantry.api.provider.Location;
import io.gantry.api.provider.Option;
import io.gantry.api.provider.Options;
import io.gantry.testkit.ReadBack;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.gaul.s3proxy.BlobStores;
import org.gaul.s3proxy.S3Proxy;
import org.gaul.s3proxy.auth.AuthenticationType;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.http.apache5.Apache5HttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.NoSuchKeyException;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.PutObjectResponse;
import software.amazon.awssdk.services.s3.model.S3Exception;
import software.amazon.awssdk.services.s3.model.S3Object;
import software.amazon.awssdk.services.s3.model.ServerSideEncryption;

/**
 * An S3 service with a bucket and a door before it: s3proxy in this process, or the one that {@code
 * AWS_ENDPOINT_URL_S3} and the credentials beside it name. What the tests find in the bucket they
 * read past the driver.
 */
final class S3Lab {
  static final String BUCKET = "gantry-test";

  private static final String KEY = "lab-access-key";
  private static final String SECRET = "lab-secret-key";
  private static final AtomicInteger PREFIXES = new AtomicInteger();

  /** Apart, so that who only makes options does not start a service. */
  private static final class Running {
    static final S3Lab LAB = start();
  }

  private final URI service;
  private final FrontDoor door;
  private final S3Client admin;

  private S3Lab(URI service, FrontDoor door, S3Client admin) {
    this.service = service;
    this.door = door;
    this.admin = admin;
  }

  /** Returns the lab of this process, with a door that lets everything pass. */
  static S3Lab open() {
    Running.LAB.door.reset();
    return Running.LAB;
  }

  /** Returns the lab of this process, with its door as it is. */
  static S3Lab current() {
    return Running.LAB;
  }

  private static S3Lab start() {
    try {
      String external = System.getenv("AWS_ENDPOINT_URL_S3");
      URI service = URI.create(external == null ? startS3Proxy() : external);
      String key = external == null ? KEY : System.getenv("AWS_ACCESS_KEY_ID");
      String secret = external == null ? SECRET : System.getenv("AWS_SECRET_ACCESS_KEY");
      FrontDoor door = new FrontDoor(service);
      // Before the environment, for the providers that the kit opens without options.
      System.setProperty("aws.endpointUrlS3", door.endpoint().toString());
      System.setProperty("aws.region", "us-east-1");
      System.setProperty("aws.accessKeyId", key);
      System.setProperty("aws.secretAccessKey", secret);
      S3Client admin =
          S3Client.builder()
              .endpointOverride(service)
              .forcePathStyle(true)
              .region(Region.US_EAST_1)
              .requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)
              .httpClientBuilder(Apache5HttpClient.builder())
              // Ceph refuses what is empty and in chunks.
              .serviceConfiguration(s3 -> s3.chunkedEncodingEnabled(false))
              .credentialsProvider(
                  StaticCredentialsProvider.create(AwsBasicCredentials.create(key, secret)))
              .build();
      if (admin.listBuckets().buckets().stream().noneMatch(b -> b.name().equals(BUCKET))) {
        admin.createBucket(create -> create.bucket(BUCKET));
      }
      return new S3Lab(service, door, admin);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String startS3Proxy() throws IOException {
    Properties properties = new Properties();
    properties.setProperty("jclouds.identity", KEY);
    properties.setProperty("jclouds.credential", SECRET);
    try {
      S3Proxy proxy =
          S3Proxy.builder()
              .blobStore(BlobStores.create("transient-nio2", properties))
              .endpoint(URI.create("http://127.0.0.1:0"))
              .awsAuthentication(AuthenticationType.AWS_V4, KEY, SECRET)
              .ignoreUnknownHeaders(true)
              .stopTimeout(0)
              .build();
      proxy.start();
      return "http://127.0.0.1:" + proxy.getPort();
    } catch (Exception e) {
      throw new IOException("cannot start s3proxy", e);
    }
  }

  /** Returns where the service is behind its doors. */
  URI service() {
    return service;
  }

  FrontDoor door() {
    return door;
  }

  /** Returns another door to the service, for who needs one to himself. */
  FrontDoor newDoor() throws IOException {
    return new FrontDoor(service);
  }

  /** Skips a test if the service does not know {@code x-amz-checksum-sha256}, as Ceph 16. */
  void assumeChecksums() {
    String sum = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";
    assumeTrue(
        sum.equals(
            probe(put -> put.checksumSHA256(sum))
                .map(PutObjectResponse::checksumSHA256)
                .orElse("")),
        "the service does not confirm checksums");
  }

  /** Skips a test if the service does not encrypt, as Ceph without a key server. */
  void assumeEncryption() {
    assumeTrue(
        probe(put -> put.serverSideEncryption(ServerSideEncryption.AES256)).isPresent(),
        "the service does not encrypt");
  }

  /** Puts an empty object as told; returns nothing if that is refused. */
  private Optional<PutObjectResponse> probe(Consumer<PutObjectRequest.Builder> how) {
    try {
      return Optional.of(
          admin.putObject(put -> how.accept(put.bucket(BUCKET).key("probe")), RequestBody.empty()));
    } catch (S3Exception refused) {
      return Optional.empty();
    }
  }

  /** Returns what tells another process of the service, by way of the door. */
  Map<String, String> environment() {
    return Map.of(
        "AWS_ENDPOINT_URL_S3", door.endpoint().toString(),
        "AWS_ACCESS_KEY_ID", System.getProperty("aws.accessKeyId"),
        "AWS_SECRET_ACCESS_KEY", System.getProperty("aws.secretAccessKey"));
  }

  S3Client admin() {
    return admin;
  }

  /** Returns a target where nothing is yet. */
  Location newTarget() throws IOException {
    return Location.parse(
        "s3://%s/%s-%d/layout"
            .formatted(BUCKET, ProcessHandle.current().pid(), PREFIXES.incrementAndGet()));
  }

  static Options options(List<Option<?>> declared, String... given) throws IOException {
    Map<String, String> values = new LinkedHashMap<>();
    for (String option : given) {
      int equals = option.indexOf('=');
      values.put(option.substring(0, equals), option.substring(equals + 1));
    }
    return Options.parse("s3", declared, values);
  }

  /** Returns the objects below a target by their key without its prefix. */
  Map<String, byte[]> objects(Location target) throws IOException {
    S3Location place = S3Location.of(target);
    Map<String, byte[]> objects = new LinkedHashMap<>();
    for (S3Object object :
        admin
            .listObjectsV2Paginator(list -> list.bucket(place.bucket()).prefix(place.prefix()))
            .contents()) {
      try {
        objects.put(
            object.key().substring(place.prefix().length()),
            admin
                .getObjectAsBytes(get -> get.bucket(place.bucket()).key(object.key()))
                .asByteArray());
      } catch (NoSuchKeyException gone) {
        // The beginning of an object whose sender was stopped: s3proxy lists it while it lasts.
      }
    }
    return objects;
  }

  /** Removes all objects below a target. */
  void clear(Location target) throws IOException {
    S3Location place = S3Location.of(target);
    for (String file : objects(target).keySet()) {
      admin.deleteObject(delete -> delete.bucket(place.bucket()).key(place.key(file)));
    }
  }

  /** Returns a file of a layout. */
  byte[] object(Location target, String file) throws IOException {
    S3Location place = S3Location.of(target);
    return admin
        .getObjectAsBytes(get -> get.bucket(place.bucket()).key(place.key(file)))
        .asByteArray();
  }

  ReadBack readBack(Location target) throws IOException {
    return ReadBack.ofLayout(objects(target));
  }

  /** Puts an object where a file of a layout is. */
  void put(Location target, String file, byte[] content) throws IOException {
    S3Location place = S3Location.of(target);
    admin.putObject(
        put -> put.bucket(place.bucket()).key(place.key(file)), RequestBody.fromBytes(content));
  }

  /** Returns how many uploads in parts are unfinished below a target. */
  int uploads(Location target) throws IOException {
    S3Location place = S3Location.of(target);
    return admin
        .listMultipartUploads(list -> list.bucket(place.bucket()).prefix(place.prefix()))
        .uploads()
        .size();
  }
}
