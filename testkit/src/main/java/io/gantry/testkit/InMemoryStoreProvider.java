package io.gantry.testkit;

import static java.util.Objects.requireNonNull;

import io.gantry.api.GantryException;
import io.gantry.api.GantryException.Kind;
import io.gantry.api.content.ContentStore;
import io.gantry.api.content.ContentStoreProvider;
import io.gantry.api.provider.Location;
import io.gantry.api.provider.Options;

/**
 * Opens the places of an {@link InMemoryPlaces} as sources. Gantry registers it nowhere: a test
 * that wants to have it found lists it in a services file of its own.
 */
public final class InMemoryStoreProvider implements ContentStoreProvider {
  private final InMemoryPlaces places;

  /** Makes a provider with places of its own, for {@link java.util.ServiceLoader}. */
  public InMemoryStoreProvider() {
    this(new InMemoryPlaces());
  }

  /** Makes a provider that shares its places with others. */
  public InMemoryStoreProvider(InMemoryPlaces places) {
    this.places = requireNonNull(places, "places");
  }

  @Override
  public int spiVersion() {
    return SPI_VERSION;
  }

  @Override
  public String scheme() {
    return InMemoryPlaces.SCHEME;
  }

  @Override
  public ContentStore open(Location source, Options options) throws GantryException {
    return places
        .at(source)
        .published()
        .orElseThrow(
            () ->
                new GantryException(
                    Kind.NOT_FOUND,
                    "%s: nothing was published there; export to it first".formatted(source)));
  }
}
