package com.example.zip;

import io.gantry.api.content.ContentStoreProvider;
import io.gantry.api.provider.Location;
import io.gantry.testkit.ContentStoreContract;
import io.gantry.testkit.InMemoryStore;
import io.gantry.testkit.OciLayout;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

class ZipStoreContractTest extends ContentStoreContract {
  @Override
  protected ContentStoreProvider provider() {
    return new ZipStoreProvider();
  }

  @Override
  protected Location newSource(InMemoryStore content, Path folder) throws IOException {
    Path file = folder.resolve("image.zip");
    ZipFiles.write(OciLayout.files(content), file);
    return Location.parse("zip:" + file);
  }

  @Override
  protected Optional<Location> absentSource(Path folder) throws IOException {
    return Optional.of(Location.parse("zip:" + folder.resolve("absent.zip")));
  }
}
