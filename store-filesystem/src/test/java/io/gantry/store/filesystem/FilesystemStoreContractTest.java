package io.gantry.store.filesystem;

import io.gantry.api.content.ContentStoreProvider;
import io.gantry.api.provider.Location;
import io.gantry.testkit.ContentStoreContract;
import io.gantry.testkit.InMemoryStore;
import io.gantry.testkit.OciLayout;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

class FilesystemStoreContractTest extends ContentStoreContract {
  @Override
  protected ContentStoreProvider provider() {
    return new FilesystemStoreProvider();
  }

  @Override
  protected Location newSource(InMemoryStore content, Path folder) throws IOException {
    Files.createDirectories(folder.resolve("blobs"));
    return Location.parse("store:" + OciLayout.write(OciLayout.blobs(content), folder));
  }

  @Override
  protected boolean keepsNames() {
    return false;
  }

  @Override
  protected Optional<Location> absentSource(Path folder) throws IOException {
    return Optional.of(Location.parse("store:" + folder.resolve("absent")));
  }
}
