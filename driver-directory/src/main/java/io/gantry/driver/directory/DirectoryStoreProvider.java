package io.gantry.driver.directory;

import com.google.auto.service.AutoService;
import io.gantry.api.content.ContentStore;
import io.gantry.api.content.ContentStoreProvider;
import io.gantry.api.provider.Location;
import io.gantry.api.provider.Options;
import java.io.IOException;
import java.util.List;

/** Opens {@code dir:FOLDER[:NAME|@DIGEST]}, an OCI image layout in a folder. */
@AutoService(ContentStoreProvider.class)
public final class DirectoryStoreProvider implements ContentStoreProvider {
  /** Makes a provider; for {@link java.util.ServiceLoader}. */
  public DirectoryStoreProvider() {}

  @Override
  public int spiVersion() {
    return SPI_VERSION;
  }

  @Override
  public String scheme() {
    return DirectoryDriverProvider.SCHEME;
  }

  @Override
  public List<String> aliases() {
    return DirectoryDriverProvider.ALIASES;
  }

  @Override
  public ContentStore open(Location source, Options options) throws IOException {
    return DirectoryStore.open(source.asPath());
  }
}
