package io.gantry.driver.tar;

import io.gantry.testkit.ReadBack;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;

/** An archive as commons-compress reads it, which had no part in writing it. */
record ArchiveReader(List<TarArchiveEntry> members, Map<String, byte[]> files) {

  static ArchiveReader of(Path archive) throws IOException {
    List<TarArchiveEntry> members = new ArrayList<>();
    Map<String, byte[]> files = new LinkedHashMap<>();
    if (Files.exists(archive)) {
      try (var in = new TarArchiveInputStream(Files.newInputStream(archive))) {
        for (TarArchiveEntry entry; (entry = in.getNextEntry()) != null; ) {
          members.add(entry);
          if (entry.isFile()) {
            files.put(entry.getName(), in.readAllBytes());
          }
        }
      }
    }
    return new ArchiveReader(members, files);
  }

  static ReadBack readBack(Path archive) throws IOException {
    return ReadBack.ofLayout(of(archive).files());
  }

  List<String> names() {
    return members.stream().map(TarArchiveEntry::getName).toList();
  }
}
