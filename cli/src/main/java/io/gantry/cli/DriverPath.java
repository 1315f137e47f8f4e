package io.gantry.cli;

import static java.util.Objects.requireNonNull;

import io.gantry.api.GantryException;
import io.gantry.api.GantryException.Kind;
import io.gantry.api.plugin.DriverRegistry;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/**
 * Where the drivers and stores of a command come from: what it comes with, and the plugins that the
 * user names, for this command, for all or for the distribution.
 */
final class DriverPath {
  @Option(
      names = "--driver-path",
      paramLabel = "PATH",
      description =
          "Load drivers and stores from this jar, or from a folder: one with a jar and its"
              + " libraries, or one of such jars and folders. Repeatable.")
  private List<String> paths = new ArrayList<>();

  /**
   * Returns what is installed. The caller closes the registry.
   *
   * @throws GantryException of kind {@code INVALID_ARGUMENT} if the command line names what cannot
   *     have any; what is wrong with the environment does not stop commands that can do without
   */
  DriverRegistry open() throws GantryException {
    List<Path> plugins = new ArrayList<>();
    for (String path : paths) {
      plugins.add(checked(path));
    }
    addFrom(System.getenv("GANTRY_DRIVER_PATH"), plugins);
    // Set by the launcher: the class path does not tell where the command is at home.
    addHome(System.getProperty("gantry.home"), plugins);
    return DriverRegistry.load(requireNonNull(DriverPath.class.getClassLoader()), plugins);
  }

  private static Path checked(String text) throws GantryException {
    Path path;
    try {
      path = Path.of(text);
    } catch (InvalidPathException e) {
      throw misuse("--driver-path: '" + text + "' is not a path: " + e.getReason());
    }
    if (!Files.exists(path)) {
      throw misuse("--driver-path: there is no '" + text + "'");
    }
    if (!Files.isDirectory(path) && !text.endsWith(".jar")) {
      throw misuse("--driver-path: '" + text + "' is neither a jar nor a folder");
    }
    return path;
  }

  /** Adds the elements of a list as that of a class path is written; empty ones are none. */
  static void addFrom(@Nullable String list, List<Path> plugins) {
    if (list == null) {
      return;
    }
    for (String path : list.split(File.pathSeparator, -1)) {
      if (!path.isEmpty()) {
        plugins.add(Path.of(path));
      }
    }
  }

  /** Adds the distribution's own folder, unless it is empty, which nobody needs to be told of. */
  static void addHome(@Nullable String home, List<Path> plugins) {
    if (home != null) {
      Path drivers = Path.of(home, "drivers");
      if (Files.isDirectory(drivers) && mayHavePlugins(drivers)) {
        plugins.add(drivers);
      }
    }
  }

  private static boolean mayHavePlugins(Path folder) {
    try (Stream<Path> entries = Files.list(folder)) {
      return entries.anyMatch(
          entry -> entry.toString().endsWith(".jar") || Files.isDirectory(entry));
    } catch (IOException | UncheckedIOException toldWhenItIsOpened) {
      return true;
    }
  }

  private static GantryException misuse(String message) {
    return new GantryException(Kind.INVALID_ARGUMENT, message);
  }
}
