package io.gantry.driver.directory;

import io.gantry.api.content.ContentStoreProvider;
import io.gantry.api.provider.Location;
import io.gantry.testkit.ContentStoreContract;
import io.gantry.testkit.InMemoryStore;
import io.gantry.testkit.OciLayout;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

class DirectoryStoreContractTest extends ContentStoreContract {
  @Override
  protected ContentStoreProvider provider() {
    return new DirectoryStoreProvider();
  }

  @Override
  protected Location newSource(InMemoryStore content, Path folder) throws IOException {
    return Location.parse("dir:" + OciLayout.write(OciLayout.files(content), folder));
  }

  @Override
  protected Optional<Location> absentSource(Path folder) throws IOException {
    return Optional.of(Location.parse("dir:" + folder.resolve("absent")));
  }
}
