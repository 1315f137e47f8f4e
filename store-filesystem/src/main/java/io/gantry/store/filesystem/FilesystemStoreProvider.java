package io.gantry.store.filesystem;

import com.google.auto.service.AutoService;
import io.gantry.api.GantryException;
import io.gantry.api.GantryException.Kind;
import io.gantry.api.content.ContentStore;
import io.gantry.api.content.ContentStoreProvider;
import io.gantry.api.file.BlobFolder;
import io.gantry.api.file.FolderStore;
import io.gantry.api.provider.Location;
import io.gantry.api.provider.Options;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;

/**
 * Opens {@code store:FOLDER@DIGEST}: a folder that holds {@code blobs/<algorithm>/<encoded>}, such
 * as containerd's {@code io.containerd.content.v1.content}. It says what the blobs are called, not
 * which of them are images, so an image is chosen by the digest of its manifest or index.
 */
@AutoService(ContentStoreProvider.class)
public final class FilesystemStoreProvider implements ContentStoreProvider {
  /** Makes a provider; for {@link java.util.ServiceLoader}. */
  public FilesystemStoreProvider() {}

  @Override
  public int spiVersion() {
    return SPI_VERSION;
  }

  @Override
  public String scheme() {
    return "store";
  }

  /**
   * {@inheritDoc}
   *
   * @throws GantryException of kind {@code NOT_FOUND} if there is no folder of blobs, {@code
   *     INVALID_ARGUMENT} if {@code source} has a name
   * @throws IOException if the folder cannot be read
   */
  @Override
  public ContentStore open(Location source, Options options) throws IOException {
    if (source.name().isPresent()) {
      throw new GantryException(
          Kind.INVALID_ARGUMENT,
          "'%s': a store has no names; write store:%s@ and the digest of a manifest"
              .formatted(source, source.path()));
    }
    Path root = source.asPath();
    try {
      // A folder that may not be looked into is another thing than one that is not there.
      if (Files.readAttributes(root.resolve("blobs"), BasicFileAttributes.class).isDirectory()) {
        return new FolderStore(new BlobFolder(root), List.of());
      }
    } catch (NoSuchFileException none) {
      // Said below.
    }
    throw new GantryException(
        Kind.NOT_FOUND,
        "%s: no 'blobs' folder in it; containerd's store is the folder named".formatted(root)
            + " io.containerd.content.v1.content");
  }
}
