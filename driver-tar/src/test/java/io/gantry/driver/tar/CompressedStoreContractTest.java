package io.gantry.driver.tar;

import io.gantry.api.content.ContentStoreProvider;
import io.gantry.api.provider.Location;
import io.gantry.testkit.ContentStoreContract;
import io.gantry.testkit.InMemoryStore;
import io.gantry.testkit.OciLayout;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;

/** What has to be unpacked first keeps the same rules. */
class CompressedStoreContractTest extends ContentStoreContract {
  @Override
  protected ContentStoreProvider provider() {
    return new TarStoreProvider();
  }

  @Override
  protected Location newSource(InMemoryStore content, Path folder) throws IOException {
    Path file = folder.resolve("app.tar.gz");
    try (var out = new TarArchiveOutputStream(new GZIPOutputStream(Files.newOutputStream(file)))) {
      TarStoreContractTest.write(OciLayout.files(content), out);
    }
    return Location.parse("tar:" + file);
  }
}
