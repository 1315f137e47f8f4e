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

  static final String SCHEME = "tar";

  /** What skopeo calls the same. */
  static final List<String> ALIASES = List.of("oci-archive");

  /** The path that is standard input as a source, and standard output as a target. */
  static final String STANDARD_STREAM = "-";

  /** Makes a provider; for {@link java.util.ServiceLoader}. */
  public TarDriverProvider() {}

  @Override
  public int spiVersion() {
    return SPI_VERSION;
  }

  @Override
  public String scheme() {
    return SCHEME;
  }

  @Override
  public List<String> aliases() {
    return ALIASES;
  }

  @Override
  public List<Option<?>> options() {
    return List.of(DOCKER_MANIFEST);
  }

  @Override
  public ImageDriver open(Location target, Options options) throws IOException {
    ArchiveOutput output =
        target.path().equals(STANDARD_STREAM)
            ? new StandardOutput()
            : new ArchiveFile(target.asPath());
    return new TarDriver(output, options.get(DOCKER_MANIFEST));
  }
}
