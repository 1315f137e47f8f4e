package io.gantry.driver.directory;

import io.gantry.api.driver.ImageDriverProvider;
import io.gantry.api.file.BlobFolder;
import io.gantry.api.oci.Digest;
import io.gantry.api.provider.Location;
import io.gantry.testkit.ImageDriverContract;
import io.gantry.testkit.ReadBack;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

class DirectoryDriverContractTest extends ImageDriverContract {
  private static final Set<String> OF_THE_LAYOUT =
      Set.of("blobs", "index.json", "index.json.lock", ".gantry-prune.lock", "oci-layout");

  @Override
  protected ImageDriverProvider provider() {
    return new DirectoryDriverProvider();
  }

  @Override
  protected Location newTarget(Path folder) throws IOException {
    return Location.parse("dir:" + folder.resolve("layout"));
  }

  @Override
  protected ReadBack readBack(Location target) throws IOException {
    return ReadBack.ofLayout(target.asPath());
  }

  @Override
  protected Optional<Location> unwritableTarget(Path folder) throws IOException {
    Path file = Files.writeString(folder.resolve("a-file"), "in the way");
    return Optional.of(Location.parse("dir:" + file));
  }

  @Override
  protected List<String> litter(Location target) throws IOException {
    Path layout = target.asPath();
    if (!Files.isDirectory(layout)) {
      return List.of();
    }
    try (Stream<Path> entries = Files.list(layout)) {
      return entries
          .map(entry -> entry.getFileName().toString())
          .filter(name -> !OF_THE_LAYOUT.contains(name))
          .toList();
    }
  }

  @Override
  protected boolean damage(Location target, Digest blob) throws IOException {
    Path file = new BlobFolder(target.asPath()).path(blob);
    byte[] content = Files.readAllBytes(file);
    content[content.length / 2] ^= 1;
    Files.delete(file);
    Files.write(file, content);
    return true;
  }
}
