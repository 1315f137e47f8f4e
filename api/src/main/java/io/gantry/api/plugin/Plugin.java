package io.gantry.api.plugin;

import static java.util.Objects.requireNonNull;

import io.gantry.api.GantryException;
import io.gantry.api.GantryException.Kind;
import io.gantry.api.content.ContentStoreProvider;
import io.gantry.api.driver.ImageDriverProvider;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
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
  private static final List<String> SERVICES =
      List.of(
          "META-INF/services/" + ImageDriverProvider.class.getName(),
          "META-INF/services/" + ContentStoreProvider.class.getName());

  /** What is in a jar that holds the contract: every driver and store needs it. */
  private static final String CONTRACT = "io/gantry/api/provider/Provider.class";

  /**
   * Returns the plugins at a path that a user has named: that itself, if it is a jar, or a folder
   * of jars of which one alone offers drivers or stores, so that the others are its libraries; else
   * each jar and each folder in it, sorted.
   *
   * @throws GantryException if the folder cannot be read, or if there is none in it
   */
  static List<Plugin> at(Path path) throws GantryException {
    if (!Files.isDirectory(path)) {
      return List.of(new Plugin(path));
    }
    List<Path> jars = new ArrayList<>();
    List<Plugin> plugins = new ArrayList<>();
    for (Path entry : entries(path)) {
      boolean jar = isJar(entry);
      if (jar) {
        jars.add(entry);
      }
      if (jar || Files.isDirectory(entry)) {
        plugins.add(new Plugin(entry));
      }
    }
    if (plugins.isEmpty()) {
      throw noJars(path);
    }
    boolean apart =
        jars.size() == 1
            || jars.size() < plugins.size()
            || jars.stream().filter(Plugin::offers).count() != 1;
    return apart ? plugins : List.of(new Plugin(path));
  }

  /** Sorted, so that what is left out of two that clash does not depend on the file system. */
  private static List<Path> entries(Path folder) throws GantryException {
    try (Stream<Path> entries = Files.list(folder)) {
      return entries.filter(entry -> !fileName(entry).startsWith(".")).sorted().toList();
    } catch (UncheckedIOException e) {
      throw unreadable(folder, requireNonNull(e.getCause(), "cause"));
    } catch (IOException e) {
      throw unreadable(folder, e);
    }
  }

  private static boolean isJar(Path path) {
    return fileName(path).endsWith(".jar") && !Files.isDirectory(path);
  }

  private static boolean offers(Path jar) {
    try (ZipFile readable = new ZipFile(jar.toFile())) {
      return SERVICES.stream().anyMatch(service -> readable.getEntry(service) != null);
    } catch (IOException toldWhenItIsOpened) {
      // It may be a driver, and as a library it would take down the one beside it.
      return true;
    }
  }

  private static String fileName(Path path) {
    return String.valueOf(path.getFileName());
  }

  private static GantryException unreadable(Path path, IOException cause) {
    return GantryException.of(Kind.NO_SUCH_DRIVER, "cannot read '" + path + "'", cause);
  }

  private static GantryException noJars(Path folder) {
    return new GantryException(
        Kind.NO_SUCH_DRIVER, "there are no jars in '%s'; remove it".formatted(folder));
  }

  /** Returns what tells whether two are one, whatever links lead there. */
  Path realPath() {
    try {
      return path.toRealPath();
    } catch (IOException toldWhenItIsOpened) {
      return path.toAbsolutePath().normalize();
    }
  }

  /**
   * Returns a loader for the classes of this plugin. The caller closes it.
   *
   * @throws GantryException if a jar cannot be read or holds the contract, or if there is none
   */
  URLClassLoader open() throws GantryException {
    List<Path> jars =
        Files.isDirectory(path)
            ? entries(path).stream().filter(Plugin::isJar).toList()
            : List.of(path);
    if (jars.isEmpty()) {
      throw noJars(path);
    }
    for (Path jar : jars) {
      check(jar);
    }
    try {
      return PluginClassLoader.of(fileName(path), jars);
    } catch (IOException e) {
      throw unreadable(path, e);
    }
  }

  private static void check(Path jar) throws GantryException {
    // A class loader passes over such a jar in silence, and misses its classes one day.
    try (ZipFile readable = new ZipFile(jar.toFile())) {
      if (readable.getEntry(CONTRACT) != null) {
        throw new GantryException(
            Kind.NO_SUCH_DRIVER,
            "'%s' holds io.gantry.api, which comes from gantry alone; leave it out, in Maven by the scope provided of gantry-api"
                .formatted(jar));
      }
    } catch (IOException e) {
      throw unreadable(jar, e);
    }
  }
}
