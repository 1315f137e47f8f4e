package io.gantry.driver.s3;

import com.google.auto.service.AutoService;
import io.gantry.api.GantryException;
import io.gantry.api.GantryException.Kind;
import io.gantry.api.content.ContentStore;
import io.gantry.api.content.ContentStoreProvider;
import io.gantry.api.provider.Location;
import io.gantry.api.provider.Option;
import io.gantry.api.provider.Options;
import java.io.IOException;
import java.util.List;

/** Opens {@code s3://BUCKET/PREFIX[:NAME|@DIGEST]}, an OCI image layout in a bucket. */
@AutoService(ContentStoreProvider.class)
public final class S3StoreProvider implements ContentStoreProvider {
  /** Makes a provider; for {@link java.util.ServiceLoader}. */
  public S3StoreProvider() {}

  @Override
  public int spiVersion() {
    return SPI_VERSION;
  }

  @Override
  public String scheme() {
    return S3DriverProvider.SCHEME;
  }

  @Override
  public List<Option<?>> options() {
    return S3Options.READING;
  }

  /**
   * {@inheritDoc}
   *
   * @throws GantryException of kind {@code NOT_FOUND} if there is no layout, {@code INVALID_IMAGE}
   *     if it is of another version or its index breaks the image-spec
   * @throws IOException if the bucket cannot be read
   */
  @Override
  public ContentStore open(Location source, Options options) throws IOException {
    Bucket bucket = Bucket.open(S3Location.of(source), options, Kind.SOURCE_FAILED);
    boolean opened = false;
    try {
      LayoutFiles files = new LayoutFiles(bucket);
      files.load();
      if (!files.hasHeader() || !files.hasIndex()) {
        throw new GantryException(
            Kind.NOT_FOUND,
            "%s is no OCI image layout, it has no %s"
                .formatted(bucket.location(), files.hasHeader() ? "index.json" : "oci-layout"));
      }
      ContentStore store =
          new S3Store(bucket, files.parseIndex().manifests(), options.get(S3Options.CONNECTIONS));
      opened = true;
      return store;
    } finally {
      if (!opened) {
        bucket.close();
      }
    }
  }
}
