package io.gantry.driver.s3;

import io.gantry.api.GantryException;
import io.gantry.api.GantryException.Kind;
import io.gantry.api.provider.Options;
import io.gantry.driver.s3.S3Options.Addressing;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.Optional;
import software.amazon.awssdk.auth.credentials.AnonymousCredentialsProvider;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.core.SdkSystemSetting;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.core.client.config.ClientOverrideConfiguration;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.retry.RetryMode;
import software.amazon.awssdk.http.apache5.Apache5HttpClient;
import software.amazon.awssdk.profiles.ProfileFileSystemSetting;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.regions.providers.AwsProfileRegionProvider;
import software.amazon.awssdk.regions.providers.AwsRegionProviderChain;
import software.amazon.awssdk.regions.providers.SystemSettingsRegionProvider;
import software.amazon.awssdk.retries.api.RetryStrategy;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3ClientBuilder;
import software.amazon.awssdk.services.s3.endpoints.S3EndpointProvider;

/** Makes the SDK's client from the options, the environment and the profiles, in this order. */
final class S3Clients {
  /** The SDK gives up after three; an export that moves gigabytes is worth more patience. */
  private static final int ATTEMPTS = 6;

  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(10);

  private S3Clients() {}

  /**
   * Checks what needs no network and no SDK.
   *
   * @throws GantryException of kind {@code INVALID_ARGUMENT} if the endpoint is no URL
   */
  static Optional<URI> endpoint(Options options) throws GantryException {
    Optional<String> text = options.get(S3Options.ENDPOINT);
    if (text.isEmpty()) {
      return Optional.empty();
    }
    try {
      URI endpoint = new URI(text.get());
      String scheme = String.valueOf(endpoint.getScheme());
      if ((scheme.equals("http") || scheme.equals("https"))
          && endpoint.getHost() != null
          && endpoint.getUserInfo() == null) {
        return Optional.of(endpoint);
      }
    } catch (URISyntaxException notAUrl) {
      // Told below, without the text: it may hold a password.
    }
    throw new GantryException(
        Kind.INVALID_ARGUMENT,
        "s3: the endpoint is not of the form https://HOST or https://HOST:PORT, without a user");
  }

  static S3Client open(Options options) throws GantryException {
    Optional<URI> endpoint = endpoint(options);
    try {
      return build(options, endpoint);
    } catch (SdkClientException | IllegalArgumentException | IllegalStateException e) {
      // A number or a mode in the environment or a profile that is none.
      throw new GantryException(
          Kind.INVALID_ARGUMENT,
          "s3: cannot use the AWS configuration: "
              + S3Failure.oneLine(String.valueOf(e.getMessage())),
          e);
    }
  }

  private static S3Client build(Options options, Optional<URI> endpoint) {
    Optional<String> profile = options.get(S3Options.PROFILE);
    Apache5HttpClient.Builder http =
        Apache5HttpClient.builder()
            // Writers, parts on their way, and who asks whether a blob is there.
            .maxConnections(2 * options.get(S3Options.CONNECTIONS) + 1)
            // Who waits for a connection waits for others to be served, however slow the line is.
            .connectionAcquisitionTimeout(Duration.ofHours(1))
            .connectionTimeout(CONNECT_TIMEOUT)
            .socketTimeout(Duration.ofSeconds(options.get(S3Options.TIMEOUT)));
    S3ClientBuilder builder =
        S3Client.builder()
            .httpClientBuilder(defaults -> new StrictHttpClient(http.buildWithDefaults(defaults)))
            .region(region(options))
            // Gantry says the checksums itself; what the SDK adds breaks older services.
            .requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)
            .responseChecksumValidation(ResponseChecksumValidation.WHEN_REQUIRED)
            .endpointProvider(addressing(options.get(S3Options.ADDRESSING)))
            // A bucket of AWS is found in its own region whatever the configuration says.
            .crossRegionAccessEnabled(true)
            .serviceConfiguration(
                // Without chunks the payload is signed as a whole, which any service can verify;
                // and one that does not know Expect would only be waited for.
                s3 -> s3.chunkedEncodingEnabled(false).expectContinueEnabled(false))
            .overrideConfiguration(retries(profile));
    endpoint.ifPresent(builder::endpointOverride);
    if (options.get(S3Options.ANONYMOUS)) {
      builder.credentialsProvider(AnonymousCredentialsProvider.create());
    } else if (profile.isPresent()) {
      builder.credentialsProvider(
          DefaultCredentialsProvider.builder().profileName(profile.get()).build());
    }
    return builder.build();
  }

  private static ClientOverrideConfiguration retries(Optional<String> profile) {
    RetryMode.Resolver mode = RetryMode.resolver().defaultRetryMode(RetryMode.ADAPTIVE_V2);
    profile.ifPresent(mode::profileName);
    RetryStrategy strategy =
        AwsRetryStrategy.forRetryMode(mode.resolve()).toBuilder()
            .maxAttempts(SdkSystemSetting.AWS_MAX_ATTEMPTS.getIntegerValue().orElse(ATTEMPTS))
            .build();
    ClientOverrideConfiguration.Builder overrides =
        ClientOverrideConfiguration.builder().retryStrategy(strategy);
    profile.ifPresent(overrides::defaultProfileName);
    return overrides.build();
  }

  /**
   * As the aws command has it: the option, the environment, the profile, and else us-east-1, from
   * where AWS tells the region of any bucket and which other services do not care about. The
   * instance metadata are not asked: outside of EC2 that takes seconds to fail.
   */
  private static Region region(Options options) {
    Optional<String> given = options.get(S3Options.REGION);
    if (given.isPresent()) {
      return Region.of(given.get());
    }
    String profile =
        options
            .get(S3Options.PROFILE)
            .orElseGet(ProfileFileSystemSetting.AWS_PROFILE::getStringValueOrThrow);
    try {
      return new AwsRegionProviderChain(
              new SystemSettingsRegionProvider(),
              () -> {
                // What the aws command reads, and the SDK does not.
                String region = System.getenv("AWS_DEFAULT_REGION");
                return region == null || region.isBlank() ? null : Region.of(region);
              },
              new AwsProfileRegionProvider(null, profile))
          .getRegion();
    } catch (SdkClientException none) {
      return Region.US_EAST_1;
    }
  }

  /** Few services but AWS have a host name for every bucket. */
  private static S3EndpointProvider addressing(Addressing addressing) {
    S3EndpointProvider provider = S3EndpointProvider.defaultProvider();
    return parameters ->
        provider.resolveEndpoint(
            switch (addressing) {
              case AUTO ->
                  parameters.endpoint() == null
                      ? parameters
                      : parameters.toBuilder().forcePathStyle(true).build();
              case PATH -> parameters.toBuilder().forcePathStyle(true).build();
              case VIRTUAL -> parameters.toBuilder().forcePathStyle(false).build();
            });
  }
}
