package io.gantry.driver.s3;

import io.gantry.api.GantryException;
import io.gantry.api.GantryException.Kind;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.channels.ClosedByInterruptException;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLException;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.AbortedException;
import software.amazon.awssdk.core.exception.SdkException;

/**
 * Words what S3 and the SDK say in one line that names the object and what to change. What is known
 * is said in words of our own, as the service's may repeat parts of a request.
 */
final class S3Failure {
  private static final int MAX_LENGTH = 300;

  /** In what the SDK says of where it looked: a profile that the user has named. */
  private static final Pattern PROFILE = Pattern.compile("profile '(?!default')([^']+)'");

  private final Kind side;

  /** Makes a wording for a source or a target. */
  S3Failure(Kind side) {
    this.side = side;
  }

  /** Returns what to throw when a request for an object or a whole prefix has failed. */
  IOException of(S3Action action, String url, SdkException e) {
    if (isInterrupt(e)) {
      Thread.currentThread().interrupt();
      InterruptedIOException interrupted = new InterruptedIOException("interrupted");
      interrupted.initCause(e);
      return interrupted;
    }
    if (e instanceof AwsServiceException answer) {
      Kind kind = side == Kind.SOURCE_FAILED && isNoSuchBucket(answer) ? Kind.NOT_FOUND : side;
      return new GantryException(kind, url + ": " + reason(action, answer), e);
    }
    return new GantryException(side, url + ": " + reason(e), e);
  }

  static String code(AwsServiceException e) {
    AwsErrorDetails details = e.awsErrorDetails();
    return details == null || details.errorCode() == null ? "" : details.errorCode();
  }

  /** Whether the service says that it does not know a request, or that the user may not make it. */
  static boolean isUnavailable(AwsServiceException e) {
    return e.statusCode() == 403 || e.statusCode() == 405 || e.statusCode() == 501;
  }

  /** Whether the service says that there is no such object; of a bucket it says something else. */
  static boolean isAbsent(SdkException e) {
    return e instanceof AwsServiceException answer
        && answer.statusCode() == 404
        && !isNoSuchBucket(answer);
  }

  private static boolean isNoSuchBucket(AwsServiceException e) {
    return code(e).equals("NoSuchBucket");
  }

  private static String reason(S3Action action, AwsServiceException e) {
    String known =
        switch (code(e)) {
          case "AccessDenied", "AllAccessDisabled", "AccountProblem" -> denied(action);
          case "InvalidAccessKeyId" ->
              "the access key is not known there; check AWS_ACCESS_KEY_ID, the profile and the"
                  + " endpoint";
          case "SignatureDoesNotMatch" ->
              "the signature is not accepted; check AWS_SECRET_ACCESS_KEY or the profile";
          case "ExpiredToken", "ExpiredTokenException", "TokenRefreshRequired" ->
              "the credentials have expired; sign in again or set new ones";
          case "InvalidToken" ->
              "the session token is not accepted; check AWS_SESSION_TOKEN or the profile";
          case "RequestTimeTooSkewed" ->
              "the clock of this machine differs from the service's; set it right";
          case "NoSuchBucket" -> "there is no such bucket; create it, or check the endpoint";
          case "PermanentRedirect",
              "IllegalLocationConstraintException",
              "AuthorizationHeaderMalformed" ->
              wrongRegion(e);
          case "BadDigest", "XAmzContentSHA256Mismatch", "XAmzContentChecksumMismatch" ->
              "the service received other bytes than were sent (%s); try again".formatted(code(e));
          case "NotImplemented" ->
              "the service does not implement %s as it was asked; try the option checksums=false"
                  .formatted(action);
          case "SlowDown", "ServiceUnavailable", "TooManyRequests", "RequestLimitExceeded" ->
              "the service is overloaded (%s), also after %d attempts; try again later, or with"
                      .formatted(code(e), e.numAttempts())
                  + " the option connections=2";
          default -> "";
        };
    if (!known.isEmpty()) {
      return known;
    }
    // The answer to a HEAD has no body, and so no code.
    return switch (e.statusCode()) {
      case 301 -> wrongRegion(e);
      case 401, 403 -> denied(action);
      default -> other(action, e);
    };
  }

  private static String other(S3Action action, AwsServiceException e) {
    AwsErrorDetails details = e.awsErrorDetails();
    String message = details == null ? null : details.errorMessage();
    String name = code(e).isEmpty() ? "" : " " + code(e);
    return "%s was answered with %d%s%s"
        .formatted(
            action,
            e.statusCode(),
            name,
            message == null || message.isBlank() ? "" : " (" + oneLine(message) + ")");
  }

  private static String denied(S3Action action) {
    return "access denied; allow %s to the identity in use%s"
        .formatted(
            action.permission(),
            action == S3Action.GET_OBJECT
                ? ", and s3:ListBucket, without which S3 says the same of what is not there"
                : "");
  }

  private static String wrongRegion(AwsServiceException e) {
    Optional<String> region =
        Optional.ofNullable(e.awsErrorDetails())
            .map(AwsErrorDetails::sdkHttpResponse)
            .flatMap(answer -> answer.firstMatchingHeader("x-amz-bucket-region"));
    return region
        .map(name -> "the bucket is in the region %s; set AWS_REGION=%s".formatted(name, name))
        .orElse("the bucket is in another region or at another endpoint; set AWS_REGION");
  }

  private static String reason(SdkException e) {
    String message = String.valueOf(e.getMessage());
    if (message.contains("Unable to load credentials")) {
      Matcher profile = PROFILE.matcher(message);
      return "no AWS credentials found%s; set AWS_PROFILE, or AWS_ACCESS_KEY_ID and"
              .formatted(
                  profile.find() ? ", nor any in the profile '%s'".formatted(profile.group(1)) : "")
          + " AWS_SECRET_ACCESS_KEY, or the option anonymous=true for a public bucket";
    }
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (cause instanceof UnknownHostException) {
        return "the host %s is not known; check the endpoint and the region"
            .formatted(oneLine(String.valueOf(cause.getMessage())));
      }
      if (cause instanceof ConnectException) {
        return "cannot connect (%s); check the endpoint"
            .formatted(oneLine(String.valueOf(cause.getMessage())));
      }
      if (cause instanceof SocketTimeoutException) {
        return "the service was silent too long, also after %d attempts; see the option timeout"
            .formatted(e.numAttempts());
      }
      if (cause instanceof SSLException) {
        return "no secure connection (%s)".formatted(oneLine(String.valueOf(cause.getMessage())));
      }
      if (cause instanceof IOException) {
        return "the connection broke (%s), also after %d attempts; try again"
            .formatted(oneLine(String.valueOf(cause.getMessage())), e.numAttempts());
      }
    }
    return oneLine(String.valueOf(e.getMessage()));
  }

  /** Returns what somebody else says in one short line. */
  static String oneLine(String text) {
    String line = text.strip().replaceAll("\\s+", " ");
    return line.length() <= MAX_LENGTH ? line : line.substring(0, MAX_LENGTH) + "...";
  }

  private static boolean isInterrupt(SdkException e) {
    if (e instanceof AbortedException) {
      return true;
    }
    for (Throwable cause = e.getCause(); cause != null; cause = cause.getCause()) {
      if (cause instanceof InterruptedException || cause instanceof ClosedByInterruptException) {
        return true;
      }
    }
    return false;
  }
}
