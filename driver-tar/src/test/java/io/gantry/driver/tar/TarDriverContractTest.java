package io.gantry.driver.tar;

import io.gantry.api.driver.ImageDriverProvider;
import io.gantry.api.provider.Location;
import io.gantry.testkit.ImageDriverContract;
import io.gantry.testkit.ReadBack;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

class TarDriverContractTest extends ImageDriverContract {
  @Override
  protected ImageDriverProvider provider() {
    return new TarDriverProvider();
  }

  @Override
  protected Location newTarget(Path folder) throws IOException {
    return Location.parse("tar:" + folder.resolve("app.tar"));
  }

  @Override
  protected ReadBack readBack(Location target) throws IOException {
    return ArchiveReader.readBack(target.asPath());
  }

  @Override
  protected Optional<Location> unwritableTarget(Path folder) throws IOException {
    return Optional.of(Location.parse("tar:" + folder.resolve("absent/app.tar")));
  }

  @Override
  protected Optional<byte[]> rawBytes(Location target) throws IOException {
    return Optional.of(Files.readAllBytes(target.asPath()));
  }

  @Override
  protected List<String> litter(Location target) throws IOException {
    try (Stream<Path> entries = Files.list(target.asPath().resolveSibling("."))) {
      return entries
          .map(entry -> entry.getFileName().toString())
          .filter(name -> !name.equals("app.tar"))
          .toList();
    }
  }

  /** What a block holds, and what the writer's buffer holds. */
  @Override
  protected List<Integer> blobSizes() {
    return List.of(511, 512, 513, 65_023, 65_024, 65_025, 65_535, 65_536, 65_537);
  }
}
