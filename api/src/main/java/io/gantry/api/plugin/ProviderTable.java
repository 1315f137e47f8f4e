package io.gantry.api.plugin;

import io.gantry.api.provider.Provider;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The providers of one service by their schemes: whoever comes first has the scheme. */
final class ProviderTable<P extends Provider> {
  private final Class<P> service;
  private final boolean driver;
  private final Map<String, GuardedProvider<P>> byScheme = new TreeMap<>();
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
    ProviderScan<P> scan = ProviderScan.of(service, driver, loader, where);
    List<String> problems = new ArrayList<>(scan.problems());
    scan.providers().forEach(provider -> add(provider).ifPresent(problems::add));
    return problems;
  }

  private Optional<String> add(GuardedProvider<P> added) {
    List<String> schemes = new ArrayList<>();
    schemes.add(added.about().scheme());
    schemes.addAll(added.about().aliases());
    for (String scheme : schemes) {
      GuardedProvider<P> other = byScheme.get(scheme);
      if (other != null) {
        return Optional.of(
            "%s '%s' is provided by %s and again by %s, which is left out; remove one of the two"
                .formatted(what(), scheme, other.about().origin(), added.about().origin()));
      }
    }
    for (String scheme : schemes) {
      byScheme.put(scheme, added);
    }
    installed.add(added.about());
    return Optional.empty();
  }

  /** Returns what people call the service. */
  String what() {
    return driver ? "driver" : "store";
  }

  @Nullable GuardedProvider<P> find(String scheme) {
    return byScheme.get(scheme);
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
