package io.gantry.api.plugin;

import io.gantry.api.GantryException;
import io.gantry.api.GantryException.Kind;
import java.io.IOException;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.ZipFile;

/**
 * A jar with drivers or stores, or a folder with such a jar and the libraries that it needs. It is
 * loaded apart from all others.
 *
 * @param path the jar or the folder
 */
record Plugin(Path path) {

  /** Returns the plugins of a folder, sorted; none if there is no such folder. */
  static List<Plugin> in(Path folder) throws GantryException {
    if (!Files.exists(folder)) {
      return List.of();
    }
    return entries(folder).stream()
        .filter(entry -> Files.isDirectory(entry) || isJar(entry))
        .map(Plugin::new)
        .toList();
  }

  /** Sorted, so that what is left out of two that clash does not depend on the file system. */
  private static List<Path> entries(Path folder) throws GantryException {
    try (Stream<Path> entries = Files.list(folder)) {
      return entries.filter(entry -> !fileName(entry).startsWith(".")).sorted().toList();
    } catch (IOException e) {
      throw unreadable(folder, e);
    }
  }

  private static boolean isJar(Path path) {
    return fileName(path).endsWith(".jar");
  }

  private static String fileName(Path path) {
    return String.valueOf(path.getFileName());
  }

  private static GantryException unreadable(Path path, IOException cause) {
    return GantryException.of(Kind.NO_SUCH_DRIVER, "cannot read '" + path + "'", cause);
  }

  /**
   * Returns a loader for the classes of this plugin. The caller closes it.
   *
   * @throws GantryException if a jar cannot be read, or if there is none
   */
  URLClassLoader open() throws GantryException {
    List<Path> jars =
        Files.isDirectory(path)
            ? entries(path).stream().filter(Plugin::isJar).toList()
            : List.of(path);
    if (jars.isEmpty()) {
      throw new GantryException(
          Kind.NO_SUCH_DRIVER, "there are no jars in '%s'; remove it".formatted(path));
    }
    for (Path jar : jars) {
      // A class loader passes over such a jar in silence, and misses its classes one day.
      try (ZipFile readable = new ZipFile(jar.toFile())) {
        readable.size();
      } catch (IOException e) {
        throw unreadable(jar, e);
      }
    }
    try {
      return PluginClassLoader.of(fileName(path), jars);
    } catch (IOException e) {
      throw unreadable(path, e);
    }
  }
}
