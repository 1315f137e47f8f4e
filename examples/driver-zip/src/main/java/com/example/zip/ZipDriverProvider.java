package com.example.zip;

import io.gantry.api.driver.ImageDriver;
import io.gantry.api.driver.ImageDriverProvider;
import io.gantry.api.provider.Location;
import io.gantry.api.provider.Option;
import io.gantry.api.provider.Options;
import java.io.IOException;
import java.util.List;

/** Makes drivers for {@code zip:FILE[:NAME]}, an OCI image layout in a zip file. */
public final class ZipDriverProvider implements ImageDriverProvider {
  static final String SCHEME = "zip";

  static final Option<Integer> LEVEL =
      Option.number(
          "level",
          "how hard to compress, from 0, not at all, as most layers are compressed, to 9",
          0,
          0,
          9);

  /** Makes a provider; for {@link java.util.ServiceLoader}. */
  public ZipDriverProvider() {}

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
    return List.of(LEVEL);
  }

  @Override
  public ImageDriver open(Location target, Options options) throws IOException {
    return new ZipDriver(target.asPath(), options.get(LEVEL));
  }
}
