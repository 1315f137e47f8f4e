package io.gantry.api.plugin;

import static java.util.Objects.requireNonNull;

import io.gantry.api.GantryException;
import io.gantry.api.GantryException.Kind;
import io.gantry.api.content.ContentStore;
import io.gantry.api.content.ContentStoreProvider;
import io.gantry.api.driver.ImageDriver;
import io.gantry.api.driver.ImageDriverProvider;
import io.gantry.api.provider.Location;
import io.gantry.api.provider.Options;
import io.gantry.api.provider.Provider;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The drivers and stores that are installed: those that a class loader sees, found with {@link
 * java.util.ServiceLoader}. An object like any other, with no state outside it; immutable and safe
 * for use by several threads.
 */
public final class DriverRegistry {
  private final Map<String, ImageDriverProvider> drivers = new TreeMap<>();
  private final Map<String, ContentStoreProvider> stores = new TreeMap<>();
  private final List<InstalledProvider> installed = new ArrayList<>();
  private final List<String> problems = new ArrayList<>();

  private DriverRegistry() {}

  /** Returns the drivers and stores beside Gantry itself, on its own class or module path. */
  public static DriverRegistry load() {
    return load(requireNonNull(DriverRegistry.class.getClassLoader()));
  }

  /**
   * Returns the drivers and stores that a class loader sees. One that is broken does not hide the
   * others: it is left out and reported by {@link #problems}.
   */
  public static DriverRegistry load(ClassLoader loader) {
    var registry = new DriverRegistry();
    ProviderScan<ImageDriverProvider> driverScan =
        ProviderScan.of(ImageDriverProvider.class, loader);
    ProviderScan<ContentStoreProvider> storeScan =
        ProviderScan.of(ContentStoreProvider.class, loader);
    registry.problems.addAll(driverScan.problems());
    registry.problems.addAll(storeScan.problems());
    driverScan.providers().forEach(provider -> registry.add(provider, registry.drivers, true));
    storeScan.providers().forEach(provider -> registry.add(provider, registry.stores, false));
    return registry;
  }

  private <P extends Provider> void add(P provider, Map<String, P> byScheme, boolean driver) {
    List<String> schemes = new ArrayList<>();
    schemes.add(provider.scheme());
    schemes.addAll(provider.aliases());
    for (String scheme : schemes) {
      P other = byScheme.get(scheme);
      if (other != null) {
        problems.add(
            "%s '%s' is provided by %s and again by %s, which is left out; remove one of the two"
                .formatted(
                    driver ? "driver" : "store",
                    scheme,
                    InstalledProvider.origin(other.getClass()),
                    InstalledProvider.origin(provider.getClass())));
        return;
      }
    }
    schemes.forEach(scheme -> byScheme.put(scheme, provider));
    installed.add(InstalledProvider.of(provider, driver));
  }

  /**
   * Returns a driver for one export to {@code target}. The caller closes it.
   *
   * @param options text by option name
   * @throws GantryException of kind {@code NO_SUCH_DRIVER} if no driver has this scheme, {@code
   *     INVALID_ARGUMENT} if an option is not the driver's or has a bad value, {@code
   *     TARGET_FAILED} or another one if the driver refuses the target
   */
  public ImageDriver openDriver(Location target, Map<String, String> options)
      throws GantryException {
    ImageDriverProvider provider = find(drivers, target.scheme(), "driver");
    Options parsed = Options.parse(target.scheme(), provider.options(), options);
    try {
      return provider.open(target, parsed);
    } catch (IOException e) {
      throw GantryException.of(Kind.TARGET_FAILED, "cannot open '" + target + "'", e);
    }
  }

  /**
   * Opens a source. The caller closes the store.
   *
   * @param options text by option name
   * @throws GantryException of kind {@code NO_SUCH_DRIVER} if no store has this scheme, {@code
   *     INVALID_ARGUMENT} if an option is not the store's or has a bad value, {@code NOT_FOUND},
   *     {@code SOURCE_FAILED} or another one if the source cannot be opened
   */
  public ContentStore openStore(Location source, Map<String, String> options)
      throws GantryException {
    ContentStoreProvider provider = find(stores, source.scheme(), "store");
    Options parsed = Options.parse(source.scheme(), provider.options(), options);
    try {
      return provider.open(source, parsed);
    } catch (IOException e) {
      throw GantryException.of(Kind.SOURCE_FAILED, "cannot open '" + source + "'", e);
    }
  }

  private <P extends Provider> P find(Map<String, P> byScheme, String scheme, String what)
      throws GantryException {
    P provider = byScheme.get(scheme);
    if (provider == null) {
      String broken = problems.isEmpty() ? "" : "; not loaded: " + String.join("; ", problems);
      throw new GantryException(
          Kind.NO_SUCH_DRIVER,
          "no %s for '%s'; installed: %s%s"
              .formatted(
                  what,
                  scheme,
                  byScheme.isEmpty() ? "none" : String.join(", ", byScheme.keySet()),
                  broken));
    }
    return provider;
  }

  /** Returns what is installed, drivers before stores, each in the order of discovery. */
  public List<InstalledProvider> installed() {
    return List.copyOf(installed);
  }

  /** Returns one sentence for each driver or store that could not be loaded. */
  public List<String> problems() {
    return List.copyOf(problems);
  }
}
