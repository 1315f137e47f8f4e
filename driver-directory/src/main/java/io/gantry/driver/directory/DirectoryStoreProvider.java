package io.gantry.driver.directory;

import com.google.auto.service.AutoService;
import io.gantry.api.GantryException;
import io.gantry.api.content.ContentStore;
import io.gantry.api.content.ContentStoreProvider;
import io.gantry.api.file.BlobFolder;
import io.gantry.api.file.FolderStore;
import io.gantry.api.oci.Index;
import io.gantry.api.provider.Location;
import io.gantry.api.provider.Options;
import java.io.IOException;
import java.nio.file.Path;
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

  /**
   * {@inheritDoc}
   *
   * @throws GantryException of kind {@code NOT_FOUND} if there is no layout, {@code INVALID_IMAGE}
   *     if it is of another version or its index breaks the image-spec
   * @throws IOException if the layout cannot be read
   */
  @Override
  public ContentStore open(Location source, Options options) throws IOException {
    Path root = source.asPath();
    LayoutFiles files = new LayoutFiles(root);
    files.requireLayout();
    byte[] index = files.requireIndex();
    return new FolderStore(
        new BlobFolder(root), Index.parseLayoutIndex(files.index().toString(), index).manifests());
  }
}
