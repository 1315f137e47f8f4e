package io.gantry.testkit;

import io.gantry.api.content.ContentStoreProvider;
import io.gantry.api.provider.Location;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

class InMemoryStoreTest extends ContentStoreContract {
  private final InMemoryPlaces places = new InMemoryPlaces();

  @Override
  protected ContentStoreProvider provider() {
    return new InMemoryStoreProvider(places);
  }

  @Override
  protected Location newSource(InMemoryStore content, Path folder) throws IOException {
    Location source = Location.parse("memory:" + folder);
    places.at(source).publish(content);
    return source;
  }

  @Override
  protected Optional<Location> absentSource(Path folder) throws IOException {
    return Optional.of(Location.parse("memory:" + folder.resolve("absent")));
  }
}
