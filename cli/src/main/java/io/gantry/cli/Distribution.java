package io.gantry.cli;

import static java.util.Objects.requireNonNull;

import io.gantry.api.plugin.DriverRegistry;
import java.nio.file.Path;

/** The folder that the command was started from, with {@code lib} and {@code drivers} in it. */
final class Distribution {
  private Distribution() {}

  /**
   * Returns the drivers and stores that the command comes with, and those that were added to it.
   * The caller closes the registry.
   */
  static DriverRegistry drivers() {
    ClassLoader loader = requireNonNull(Distribution.class.getClassLoader());
    // Set by the launcher: the class path does not tell where the command is at home.
    String home = System.getProperty("gantry.home");
    return home == null
        ? DriverRegistry.load(loader)
        : DriverRegistry.load(loader, Path.of(home, "drivers"));
  }
}
