package io.gantry.driver.s3;

import com.google.auto.service.AutoService;
import io.gantry.api.driver.ImageDriver;
import io.gantry.api.driver.ImageDriverProvider;
import io.gantry.api.provider.Location;
import io.gantry.api.provider.Option;
import io.gantry.api.provider.Options;
import java.io.IOException;
import java.util.List;

/** Makes drivers for {@code s3://BUCKET/PREFIX[:NAME]}, an OCI image layout in a bucket. */
@AutoService(ImageDriverProvider.class)
public final class S3DriverProvider implements ImageDriverProvider {
  static final String SCHEME = "s3";

  /** Makes a provider; for {@link java.util.ServiceLoader}. */
  public S3DriverProvider() {}

  @Override
  public int spiVersion() {
    return SPI_VERSION;
  }

  @Override
  public String scheme() {
    return SCHEME;
  }

  @Override
  public List<Option<?>> options() {
    return S3Options.WRITING;
  }

  @Override
  public ImageDriver open(Location target, Options options) throws IOException {
    return new S3Driver(S3Location.of(target), options);
  }
}
