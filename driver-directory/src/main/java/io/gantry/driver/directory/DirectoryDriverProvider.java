package io.gantry.driver.directory;

import com.google.auto.service.AutoService;
import io.gantry.api.driver.ImageDriver;
import io.gantry.api.driver.ImageDriverProvider;
import io.gantry.api.layout.Layout;
import io.gantry.api.provider.Location;
import io.gantry.api.provider.Option;
import io.gantry.api.provider.Options;
import java.io.IOException;
import java.util.List;

/** Makes drivers for {@code dir:FOLDER[:NAME]}, an OCI image layout in a folder. */
@AutoService(ImageDriverProvider.class)
public final class DirectoryDriverProvider implements ImageDriverProvider {
  static final String SCHEME = "dir";

  /** What skopeo calls the same. */
  static final List<String> ALIASES = List.of("oci");

  static final Option<Link> LINK =
      Option.choice(
          "link",
          "take blobs from files of the same file system: hard makes them the same files, so that"
              + " a change of one changes both; reflink has the system copy them",
          Link.NO);

  /** Makes a provider; for {@link java.util.ServiceLoader}. */
  public DirectoryDriverProvider() {}

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
    return List.of(LINK);
  }

  @Override
  public ImageDriver open(Location target, Options options) throws IOException {
    return new DirectoryDriver(target.asPath(), options.get(LINK));
  }

  @Override
  public Layout openLayout(Location target, Options options) throws IOException {
    return DirectoryLayout.open(target.asPath());
  }
}
