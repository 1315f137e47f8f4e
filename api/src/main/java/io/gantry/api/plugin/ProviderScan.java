package io.gantry.api.plugin;

import io.gantry.api.provider.Option;
import io.gantry.api.provider.Provider;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * A tolerant loop over a {@link ServiceLoader}: a provider that cannot be loaded is reported and
 * stepped over, where the loader's own iterator would end the loop of a careless caller.
 *
 * @param providers those that work
 * @param problems one sentence for each of the others
 */
record ProviderScan<P extends Provider>(List<GuardedProvider<P>> providers, List<String> problems) {
  private static final Pattern SCHEME = Pattern.compile("[a-z][a-z0-9+.-]+");

  /** A service file that cannot be read makes the iterator fail for ever without any progress. */
  static final int MAX_FAILURES = 100;

  /**
   * Looks for the providers that a class loader offers.
   *
   * @param driver whether they write targets; otherwise they read sources
   * @param where how to begin a sentence about a class that could not be loaded
   */
  static <P extends Provider> ProviderScan<P> of(
      Class<P> type, boolean driver, ClassLoader loader, String where) {
    List<GuardedProvider<P>> providers = new ArrayList<>();
    List<String> problems = new ArrayList<>();
    Iterator<ServiceLoader.Provider<P>> found =
        ServiceLoader.load(type, loader).stream().iterator();
    int failures = 0;
    while (failures < MAX_FAILURES) {
      try {
        if (!found.hasNext()) {
          break;
        }
        ask(found.next().get(), driver, providers, problems);
        failures = 0;
      } catch (ServiceConfigurationError e) {
        failures++;
        report(problems, where + told(e));
      } catch (Throwable e) {
        // A class loader refuses a class that is not what its signature says by a RuntimeException.
        failures++;
        report(problems, where + "a driver or store could not be loaded: " + Defect.of(e));
      }
    }
    if (failures == MAX_FAILURES) {
      problems.add(
          "%sthe search for %s was given up after %d failures in a row"
              .formatted(where, driver ? "drivers" : "stores", MAX_FAILURES));
    }
    return new ProviderScan<>(List.copyOf(providers), List.copyOf(problems));
  }

  /** What fails for ever does so in the same words. */
  private static void report(List<String> problems, String problem) {
    if (!problems.contains(problem)) {
      problems.add(problem);
    }
  }

  private static String told(ServiceConfigurationError e) {
    String message = e.getMessage() == null ? e.toString() : e.getMessage();
    return e.getCause() == null ? message : message + ": " + Defect.of(e.getCause());
  }

  /** Asks a provider for all that is kept of it, here, where a failure leaves out it alone. */
  private static <P extends Provider> void ask(
      P provider, boolean driver, List<GuardedProvider<P>> providers, List<String> problems) {
    String who =
        "%s in %s"
            .formatted(
                provider.getClass().getName(), InstalledProvider.origin(provider.getClass()));
    try {
      int built = provider.spiVersion();
      if (built < 1 || built > Provider.SPI_VERSION) {
        problems.add(
            "%s was built for version %d of the driver contract, this is %d; upgrade gantry"
                .formatted(who, built, Provider.SPI_VERSION));
        return;
      }
      InstalledProvider about = InstalledProvider.of(provider, driver);
      String complaint = complaint(about);
      if (complaint.isEmpty()) {
        providers.add(new GuardedProvider<>(provider, about, built));
      } else {
        problems.add(who + " has " + complaint);
      }
    } catch (Throwable e) {
      // Anything, checked or not, as these methods are the first of the provider's own.
      problems.add("%s does not work: %s".formatted(who, Defect.of(e)));
    }
  }

  private static String complaint(InstalledProvider about) {
    if (!SCHEME.matcher(about.scheme()).matches()) {
      return "the scheme '%s', which is not [a-z][a-z0-9+.-]+".formatted(about.scheme());
    }
    for (String alias : about.aliases()) {
      if (!SCHEME.matcher(alias).matches()) {
        return "the alias '%s', which is not [a-z][a-z0-9+.-]+".formatted(alias);
      }
    }
    Set<String> names = new HashSet<>();
    for (Option<?> option : about.options()) {
      if (!names.add(option.name())) {
        return "two options of the name '%s'".formatted(option.name());
      }
    }
    return "";
  }
}
