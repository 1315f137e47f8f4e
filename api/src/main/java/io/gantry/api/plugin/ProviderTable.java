package io.gantry.api.plugin;

import io.gantry.api.provider.Provider;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** The providers of one service by their schemes: whoever comes first has the scheme. */
final class ProviderTable<P extends Provider> {
  private final Class<P> service;
  private final boolean driver;
  private final Map<String, P> byScheme = new TreeMap<>();
  private final List<InstalledProvider> installed = new ArrayList<>();

  /**
   * Makes an empty table.
   *
   * @param driver whether the service writes targets; otherwise it reads sources
   */
  ProviderTable(Class<P> service, boolean driver) {
    this.service = service;
    this.driver = driver;
  }

  /** Adds what a class loader offers and returns one sentence for each that is left out. */
  List<String> addFrom(ClassLoader loader, String where) {
    ProviderScan<P> scan = ProviderScan.of(service, loader, where);
    List<String> problems = new ArrayList<>(scan.problems());
    for (P provider : scan.providers()) {
      add(provider).ifPresent(problems::add);
    }
    return problems;
  }

  private Optional<String> add(P provider) {
    List<String> schemes = new ArrayList<>();
    schemes.add(provider.scheme());
    schemes.addAll(provider.aliases());
    for (String scheme : schemes) {
      P other = byScheme.get(scheme);
      if (other != null) {
        return Optional.of(
            "%s '%s' is provided by %s and again by %s, which is left out; remove one of the two"
                .formatted(
                    what(),
                    scheme,
                    InstalledProvider.origin(other.getClass()),
                    InstalledProvider.origin(provider.getClass())));
      }
    }
    schemes.forEach(scheme -> byScheme.put(scheme, provider));
    installed.add(InstalledProvider.of(provider, driver));
    return Optional.empty();
  }

  /** Returns what people call the service. */
  String what() {
    return driver ? "driver" : "store";
  }

  Optional<P> find(String scheme) {
    return Optional.ofNullable(byScheme.get(scheme));
  }

  /** Returns the schemes and aliases, sorted. */
  Set<String> schemes() {
    return byScheme.keySet();
  }

  /** Returns the providers in the order in which they were added. */
  List<InstalledProvider> installed() {
    return installed;
  }
}
