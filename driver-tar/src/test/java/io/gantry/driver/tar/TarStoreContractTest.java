package io.gantry.driver.tar;

import io.gantry.api.content.ContentStoreProvider;
import io.gantry.api.provider.Location;
import io.gantry.testkit.ContentStoreContract;
import io.gantry.testkit.InMemoryStore;
import io.gantry.testkit.OciLayout;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;

class TarStoreContractTest extends ContentStoreContract {
  @Override
  protected ContentStoreProvider provider() {
    return new TarStoreProvider();
  }

  @Override
  protected Location newSource(InMemoryStore content, Path folder) throws IOException {
    Path file = folder.resolve("app.tar");
    try (var out = new TarArchiveOutputStream(Files.newOutputStream(file))) {
      write(OciLayout.files(content), out);
    }
    return Location.parse("tar:" + file);
  }

  /** Writes an archive as commons-compress does, which had no part in reading it. */
  static void write(Map<String, byte[]> files, TarArchiveOutputStream out) throws IOException {
    out.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
    for (Map.Entry<String, byte[]> file : files.entrySet()) {
      TarArchiveEntry entry = new TarArchiveEntry(file.getKey());
      entry.setSize(file.getValue().length);
      out.putArchiveEntry(entry);
      out.write(file.getValue());
      out.closeArchiveEntry();
    }
  }

  @Override
  protected Optional<Location> absentSource(Path folder) throws IOException {
    return Optional.of(Location.parse("tar:" + folder.resolve("absent.tar")));
  }
}
