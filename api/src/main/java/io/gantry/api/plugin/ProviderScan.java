package io.gantry.api.plugin;

import io.gantry.api.provider.Provider;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.regex.Pattern;

/**
 * A tolerant loop over a {@link ServiceLoader}: a provider that cannot be loaded is reported and
 * stepped over, where the loader's own iterator would end the loop of a careless caller.
 *
 * @param providers those that work
 * @param problems one sentence for each of the others
 */
record ProviderScan<P extends Provider>(List<P> providers, List<String> problems) {
  private static final Pattern SCHEME = Pattern.compile("[a-z][a-z0-9+.-]+");

  /** A service file that cannot be read makes the iterator fail for ever without any progress. */
  private static final int MAX_FAILURES = 100;

  /**
   * Looks for the providers that a class loader offers.
   *
   * @param where how to begin a sentence about a class that could not be loaded
   */
  static <P extends Provider> ProviderScan<P> of(Class<P> type, ClassLoader loader, String where) {
    List<P> providers = new ArrayList<>();
    List<String> problems = new ArrayList<>();
    Iterator<ServiceLoader.Provider<P>> found =
        ServiceLoader.load(type, loader).stream().iterator();
    int failures = 0;
    while (failures < MAX_FAILURES) {
      try {
        if (!found.hasNext()) {
          break;
        }
        P provider = found.next().get();
        String complaint = complaint(provider);
        if (complaint.isEmpty()) {
          providers.add(provider);
        } else {
          problems.add(complaint);
        }
      } catch (ServiceConfigurationError e) {
        failures++;
        report(problems, where + told(e));
      } catch (RuntimeException | LinkageError e) {
        // A class loader refuses a class that is not what its signature says by the former.
        failures++;
        report(problems, where + "a driver or store could not be loaded: " + e);
      }
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
    return e.getCause() == null ? message : message + ": " + e.getCause();
  }

  private static String complaint(Provider provider) {
    String who =
        "%s in %s"
            .formatted(
                provider.getClass().getName(), InstalledProvider.origin(provider.getClass()));
    try {
      return complaint(provider, who);
    } catch (VirtualMachineError e) {
      throw e;
    } catch (Throwable e) {
      // Anything, checked or not, as these methods are the first of the provider's own.
      return "%s does not work: %s".formatted(who, e);
    }
  }

  private static String complaint(Provider provider, String who) {
    int built = provider.spiVersion();
    if (built < 1 || built > Provider.SPI_VERSION) {
      return "%s was built for version %d of the driver contract, this is %d; upgrade gantry"
          .formatted(who, built, Provider.SPI_VERSION);
    }
    if (!SCHEME.matcher(provider.scheme()).matches()) {
      return "%s has the scheme '%s', which is not [a-z][a-z0-9+.-]+"
          .formatted(who, provider.scheme());
    }
    // Asked here, where a failure leaves out this provider alone.
    List<String> aliases = List.copyOf(provider.aliases());
    for (String alias : aliases) {
      if (!SCHEME.matcher(alias).matches()) {
        return "%s has the alias '%s', which is not [a-z][a-z0-9+.-]+".formatted(who, alias);
      }
    }
    List.copyOf(provider.options());
    return "";
  }
}
