package io.gantry.api.plugin;

import static java.util.Objects.requireNonNull;

import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Where the classes of one plugin come from: the contract from Gantry, the JDK from the platform,
 * and all else, resources as well, from the plugin's own jars. So it may bring any version of any
 * library, and finds no driver but its own.
 */
final class PluginClassLoader extends URLClassLoader {
  /**
   * The packages that a plugin shares with Gantry: what this module exports, and the annotations on
   * it. By their exact names, as a prefix would take packages away from plugins that begin alike.
   */
  static final Set<String> SHARED =
      Set.of(
          "io.gantry.api",
          "io.gantry.api.check",
          "io.gantry.api.content",
          "io.gantry.api.driver",
          "io.gantry.api.export",
          "io.gantry.api.file",
          "io.gantry.api.layout",
          "io.gantry.api.oci",
          "io.gantry.api.plugin",
          "io.gantry.api.provider",
          "org.jspecify.annotations");

  static {
    registerAsParallelCapable();
  }

  private final ClassLoader gantry =
      requireNonNull(PluginClassLoader.class.getClassLoader(), "the loader of Gantry");

  private PluginClassLoader(String name, URL[] jars) {
    super(name, jars, ClassLoader.getPlatformClassLoader());
  }

  /**
   * Returns a loader for some jars, none of which has been opened yet.
   *
   * @param name what stack traces call it
   */
  static PluginClassLoader of(String name, List<Path> jars) throws MalformedURLException {
    List<URL> urls = new ArrayList<>();
    for (Path jar : jars) {
      urls.add(jar.toUri().toURL());
    }
    return new PluginClassLoader(name, urls.toArray(URL[]::new));
  }

  @Override
  protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
    String folder = name.substring(0, Math.max(name.lastIndexOf('.'), 0));
    return SHARED.contains(folder) ? gantry.loadClass(name) : super.loadClass(name, resolve);
  }
}
