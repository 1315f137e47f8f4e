package io.gantry.driver.tar;

import com.google.auto.service.AutoService;
import io.gantry.api.driver.ImageDriver;
import io.gantry.api.driver.ImageDriverProvider;
import io.gantry.api.provider.Location;
import io.gantry.api.provider.Option;
import io.gantry.api.provider.Options;
import java.io.IOException;
import java.util.List;

/**
 * Makes drivers for {@code tar:FILE[:NAME]} and {@code tar:-[:NAME]}: an OCI archive in a file, or
 * on standard output.
 */
@AutoService(ImageDriverProvider.class)
public final class TarDriverProvider implements ImageDriverProvider {
  static final Option<Boolean> DOCKER_MANIFEST =
      Option.flag(
          "docker-manifest", "write manifest.json, which 'docker load' and older tools read", true);

  private static final String STANDARD_OUTPUT = "-";

  /** Makes a provider; for {@link java.util.ServiceLoader}. */
  public TarDriverProvider() {}

  @Override
  public int spiVersion() {
    return SPI_VERSION;
  }

  @Override
  public String scheme() {
    return "tar";
  }

  /** What skopeo calls the same. */
  @Override
  public List<String> aliases() {
    return List.of("oci-archive");
  }

  @Override
  public List<Option<?>> options() {
    return List.of(DOCKER_MANIFEST);
  }

  @Override
  public ImageDriver open(Location target, Options options) throws IOException {
    ArchiveOutput output =
        target.path().equals(STANDARD_OUTPUT)
            ? new StandardOutput()
            : new ArchiveFile(target.asPath());
    return new TarDriver(output, options.get(DOCKER_MANIFEST));
  }
}
