package io.gantry.driver.s3;

import io.gantry.api.GantryException;
import io.gantry.api.GantryException.Kind;
import io.gantry.api.oci.Digest;
import io.gantry.api.provider.Location;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where a layout is: {@code s3://bucket} or {@code s3://bucket/prefix}.
 *
 * @param bucket the name of the bucket
 * @param prefix what the keys of the layout begin with: empty, or ending with a slash
 */
record S3Location(String bucket, String prefix) {
  private static final Pattern PATH = Pattern.compile("//([^/]+)(/.*)?", Pattern.DOTALL);

  /** What any service has allowed ever; which of it is a good name is for the service to say. */
  private static final Pattern BUCKET = Pattern.compile("[A-Za-z0-9._-]{1,255}");

  static S3Location of(Location location) throws GantryException {
    Matcher path = PATH.matcher(location.path());
    if (!path.matches()) {
      throw invalid(location, "is not s3://BUCKET/PREFIX");
    }
    String bucket = path.group(1);
    if (!BUCKET.matcher(bucket).matches()) {
      throw invalid(
          location,
          "'%s' is no name of a bucket%s"
              .formatted(
                  bucket,
                  bucket.contains(":")
                      ? "; for an image at the root of one write s3://BUCKET/:NAME"
                      : ""));
    }
    String prefix = path.group(2) == null ? "" : path.group(2).substring(1);
    if (prefix.endsWith("/")) {
      prefix = prefix.substring(0, prefix.length() - 1);
    }
    if (!prefix.isEmpty()) {
      // Tools that make files of keys would leave the folder, or lose the empty name.
      for (String part : List.of(prefix.split("/", -1))) {
        if (part.isEmpty() || part.equals(".") || part.equals("..")) {
          throw invalid(location, "a prefix has no part that is empty, '.' or '..'");
        }
      }
      prefix += "/";
    }
    return new S3Location(bucket, prefix);
  }

  private static GantryException invalid(Location location, String complaint) {
    return new GantryException(Kind.INVALID_ARGUMENT, "'%s': %s".formatted(location, complaint));
  }

  /** Returns the key of a file of the layout. */
  String key(String file) {
    return prefix + file;
  }

  /** Returns the file of the layout that a blob is. */
  static String fileOf(Digest blob) {
    return "blobs/%s/%s".formatted(blob.algorithm().id(), blob.encoded());
  }

  /** Returns a file of the layout as a user would name it to the tools of AWS. */
  String url(String file) {
    return "s3://%s/%s%s".formatted(bucket, prefix, file);
  }

  @Override
  public String toString() {
    return "s3://%s/%s".formatted(bucket, prefix);
  }
}
