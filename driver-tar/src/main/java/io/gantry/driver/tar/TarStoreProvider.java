package io.gantry.driver.tar;

import com.google.auto.service.AutoService;
import io.gantry.api.GantryException;
import io.gantry.api.content.ContentStore;
import io.gantry.api.content.ContentStoreProvider;
import io.gantry.api.provider.Location;
import io.gantry.api.provider.Option;
import io.gantry.api.provider.Options;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Opens {@code tar:FILE[:NAME|@DIGEST]} and {@code tar:-[:NAME|@DIGEST]}: an OCI archive or one of
 * Docker's, plain or compressed with gzip or zstd, in a file, a pipe or on standard input.
 */
@AutoService(ContentStoreProvider.class)
public final class TarStoreProvider implements ContentStoreProvider {
  static final Option<Optional<String>> SPOOL_FOLDER =
      Option.text(
          "spool-folder",
          "where to keep the content of a pipe or a compressed archive while it is read; by"
              + " default TMPDIR, or what Java takes for it");

  /** Makes a provider; for {@link java.util.ServiceLoader}. */
  public TarStoreProvider() {}

  @Override
  public int spiVersion() {
    return SPI_VERSION;
  }

  @Override
  public String scheme() {
    return TarDriverProvider.SCHEME;
  }

  @Override
  public List<String> aliases() {
    return TarDriverProvider.ALIASES;
  }

  @Override
  public List<Option<?>> options() {
    return List.of(SPOOL_FOLDER);
  }

  /**
   * {@inheritDoc}
   *
   * <p>An interrupt of a thread that reads ends the store, as it closes the archive.
   *
   * @throws GantryException of kind {@code NOT_FOUND} if there is no such file, {@code
   *     INVALID_IMAGE} if it is no archive of images, is cut short, or could be read in two ways
   * @throws IOException if the archive cannot be read, or what has to be kept of it not be written
   */
  @Override
  public ContentStore open(Location source, Options options) throws IOException {
    ArchiveOpener opener =
        new ArchiveOpener(
            Path.of(options.get(SPOOL_FOLDER).orElseGet(TarStoreProvider::temporary)));
    return source.path().equals(TarDriverProvider.STANDARD_STREAM)
        ? opener.openStandardInput()
        : opener.open(source.asPath());
  }

  /** Java itself does not ask for TMPDIR. */
  private static String temporary() {
    String folder = System.getenv("TMPDIR");
    return folder == null || folder.isEmpty() ? System.getProperty("java.io.tmpdir") : folder;
  }
}
