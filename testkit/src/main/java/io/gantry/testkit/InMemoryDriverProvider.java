package io.gantry.testkit;

import static java.util.Objects.requireNonNull;

import io.gantry.api.GantryException;
import io.gantry.api.driver.ImageDriver;
import io.gantry.api.driver.ImageDriverProvider;
import io.gantry.api.layout.Layout;
import io.gantry.api.provider.Location;
import io.gantry.api.provider.Options;

/**
 * Makes drivers that export into the places of an {@link InMemoryPlaces}. Gantry registers it
 * nowhere: a test that wants to have it found lists it in a services file of its own.
 */
public final class InMemoryDriverProvider implements ImageDriverProvider {
  private final InMemoryPlaces places;

  /** Makes a provider with places of its own, for {@link java.util.ServiceLoader}. */
  public InMemoryDriverProvider() {
    this(new InMemoryPlaces());
  }

  /** Makes a provider that shares its places with others. */
  public InMemoryDriverProvider(InMemoryPlaces places) {
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
  public ImageDriver open(Location target, Options options) {
    return new InMemoryDriver(places.at(target));
  }

  @Override
  public Layout openLayout(Location target, Options options) throws GantryException {
    return new InMemoryLayout(places.at(target));
  }
}
