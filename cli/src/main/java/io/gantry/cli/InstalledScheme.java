package io.gantry.cli;

import io.gantry.api.plugin.InstalledProvider;
import io.gantry.api.provider.Option;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What one jar does for one scheme: a driver, a store, or a driver that has a store beside it.
 *
 * @param driver what writes targets
 * @param store what reads sources
 */
record InstalledScheme(Optional<InstalledProvider> driver, Optional<InstalledProvider> store) {

  private record Key(String scheme, String origin) {}

  /** Returns what is installed, in the order of the schemes. */
  static List<InstalledScheme> of(List<InstalledProvider> installed) {
    Map<Key, InstalledScheme> schemes = new LinkedHashMap<>();
    for (InstalledProvider provider : installed) {
      schemes.merge(
          new Key(provider.scheme(), provider.origin()),
          new InstalledScheme(
              Optional.of(provider).filter(InstalledProvider::driver),
              Optional.of(provider).filter(p -> !p.driver())),
          InstalledScheme::and);
    }
    return schemes.values().stream().sorted(Comparator.comparing(InstalledScheme::scheme)).toList();
  }

  private InstalledScheme and(InstalledScheme other) {
    return new InstalledScheme(driver.or(other::driver), store.or(other::store));
  }

  private InstalledProvider any() {
    return driver.or(() -> store).orElseThrow();
  }

  String scheme() {
    return any().scheme();
  }

  /** Returns the aliases of both sides. */
  List<String> aliases() {
    return Stream.of(driver, store)
        .flatMap(Optional::stream)
        .map(InstalledProvider::aliases)
        .flatMap(Collection::stream)
        .distinct()
        .toList();
  }

  String version() {
    return any().version();
  }

  /** Returns the jar, with its path. */
  String origin() {
    return any().origin();
  }

  /** Returns the jar, without its path. */
  String jar() {
    return origin().substring(Math.max(origin().lastIndexOf('/'), origin().lastIndexOf('\\')) + 1);
  }

  /**
   * Returns what the driver can be told, and the store; an option of both is one only if it is the
   * same in all that is shown.
   */
  List<Option<?>> options() {
    Map<List<String>, Option<?>> options = new LinkedHashMap<>();
    Stream.of(driver, store)
        .flatMap(Optional::stream)
        .map(InstalledProvider::options)
        .flatMap(Collection::stream)
        .forEach(option -> options.putIfAbsent(shown(option), option));
    return List.copyOf(options.values());
  }

  /** Returns whether an option can be given to a target. */
  boolean isOfTarget(Option<?> option) {
    return isOf(driver, option);
  }

  /** Returns whether an option can be given to a source. */
  boolean isOfSource(Option<?> option) {
    return isOf(store, option);
  }

  private static boolean isOf(Optional<InstalledProvider> side, Option<?> option) {
    return side.map(InstalledProvider::options).orElse(List.of()).stream()
        .anyMatch(other -> shown(other).equals(shown(option)));
  }

  private static List<String> shown(Option<?> option) {
    return List.of(
        option.name(),
        option.type(),
        option.values(),
        option.defaultText(),
        option.environment(),
        option.help());
  }
}
