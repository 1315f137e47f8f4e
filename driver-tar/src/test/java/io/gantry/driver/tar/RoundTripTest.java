package io.gantry.driver.tar;

import static io.gantry.driver.tar.ArchiveFixture.openAt;
import static org.assertj.core.api.Assertions.assertThat;

import io.gantry.api.content.ContentStore;
import io.gantry.api.driver.ImageDriver;
import io.gantry.api.export.ExportPlan;
import io.gantry.api.export.ExportRequest;
import io.gantry.api.export.Exporter;
import io.gantry.api.provider.Location;
import io.gantry.api.provider.Options;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is written is read, and written again it is the same. */
class RoundTripTest {
  @TempDir private Path folder;

  private Path export(ContentStore source, String name) throws IOException {
    Path file = folder.resolve(name);
    Location target = Location.parse("tar:" + file);
    TarDriverProvider provider = new TarDriverProvider();
    try (ImageDriver driver =
        provider.open(target, Options.parse("tar", provider.options(), Map.of()))) {
      ExportRequest request = ExportRequest.of(Location.parse("dir:source"), target);
      new Exporter(source, driver).parallel(4).export(ExportPlan.of(source, request), false);
    }
    return file;
  }

  @Test
  void givesTheSameBytes() throws IOException {
    Path first = export(new ArchiveFixture().content(), "first.tar");
    try (ContentStore source = openAt(first)) {
      assertThat(export(source, "second.tar")).hasSameBinaryContentAs(first);
    }
  }
}
