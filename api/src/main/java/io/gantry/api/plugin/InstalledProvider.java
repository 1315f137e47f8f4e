package io.gantry.api.plugin;

import static java.util.Objects.requireNonNull;

import io.gantry.api.provider.Option;
import io.gantry.api.provider.Provider;
import java.lang.module.ModuleDescriptor;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.security.CodeSource;
import java.util.List;

/**
 * A driver or store that is ready for use, as {@code gantry drivers} shows it.
 *
 * @param scheme the part of a location before the colon
 * @param aliases other schemes that mean the same
 * @param driver whether this writes targets; otherwise it reads sources
 * @param version the version of its module, else the one that its jar's manifest names as {@code
 *     Implementation-Version}, else {@code unknown}
 * @param origin the jar or folder that it came from, or {@code unknown}
 * @param options what it can be told
 */
public record InstalledProvider(
    String scheme,
    List<String> aliases,
    boolean driver,
    String version,
    String origin,
    List<Option<?>> options) {

  private static final String UNKNOWN = "unknown";

  /** Copies the lists. */
  public InstalledProvider {
    requireNonNull(scheme, "scheme");
    requireNonNull(version, "version");
    requireNonNull(origin, "origin");
    aliases = List.copyOf(aliases);
    options = List.copyOf(options);
  }

  static InstalledProvider of(Provider provider, boolean driver) {
    return new InstalledProvider(
        provider.scheme(),
        provider.aliases(),
        driver,
        version(provider.getClass()),
        origin(provider.getClass()),
        provider.options());
  }

  static String version(Class<?> type) {
    ModuleDescriptor module = type.getModule().getDescriptor();
    String version = module == null ? null : module.rawVersion().orElse(null);
    if (version == null) {
      version = type.getPackage().getImplementationVersion();
    }
    return version == null ? UNKNOWN : version;
  }

  static String origin(Class<?> type) {
    CodeSource source = type.getProtectionDomain().getCodeSource();
    if (source == null || source.getLocation() == null) {
      return UNKNOWN;
    }
    try {
      return Path.of(source.getLocation().toURI()).toString();
    } catch (URISyntaxException | RuntimeException notAFile) {
      return source.getLocation().toString();
    }
  }
}
