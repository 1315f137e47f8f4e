package com.example.zip;

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

class ZipDriverContractTest extends ImageDriverContract {
  @Override
  protected ImageDriverProvider provider() {
    return new ZipDriverProvider();
  }

  @Override
  protected Location newTarget(Path folder) throws IOException {
    return Location.parse("zip:" + folder.resolve("image.zip"));
  }

  @Override
  protected ReadBack readBack(Location target) throws IOException {
    return ReadBack.ofLayout(ZipFiles.read(target.asPath()));
  }

  // What follows is not needed, but lets the kit look closer.

  @Override
  protected Optional<Location> unwritableTarget(Path folder) throws IOException {
    return Optional.of(Location.parse("zip:" + folder.resolve("absent/image.zip")));
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
          .filter(name -> !name.equals("image.zip"))
          .toList();
    }
  }
}
