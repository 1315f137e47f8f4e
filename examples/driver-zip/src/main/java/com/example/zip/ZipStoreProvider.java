package com.example.zip;

import io.gantry.api.content.ContentStore;
import io.gantry.api.content.ContentStoreProvider;
import io.gantry.api.provider.Location;
import io.gantry.api.provider.Options;
import java.io.IOException;

/** Opens {@code zip:FILE[:NAME|@DIGEST]}: an OCI image layout in a zip file, whoever made it. */
public final class ZipStoreProvider implements ContentStoreProvider {
  /** Makes a provider; for {@link java.util.ServiceLoader}. */
  public ZipStoreProvider() {}

  @Override
  public int spiVersion() {
    return SPI_VERSION;
  }

  @Override
  public String scheme() {
    return ZipDriverProvider.SCHEME;
  }

  @Override
  public ContentStore open(Location source, Options options) throws IOException {
    return ZipStore.open(source.asPath());
  }
}
