package io.gantry.testkit;

import java.io.File;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A class loader as a plugin has it: the contract comes from the host, the JDK from the platform,
 * and everything else from its own copy of the class path.
 */
final class IsolatedLoader extends URLClassLoader {
  private static final String CONTRACT = "io.gantry.api.";

  private final ClassLoader host;

  private IsolatedLoader(URL[] urls, ClassLoader host) {
    super(urls, ClassLoader.getPlatformClassLoader());
    this.host = host;
  }

  /** Returns a loader for a class and whatever is on the class path. */
  static IsolatedLoader of(Class<?> type) throws MalformedURLException {
    List<URL> urls = new ArrayList<>();
    urls.add(type.getProtectionDomain().getCodeSource().getLocation());
    for (String entry : System.getProperty("java.class.path", "").split(File.pathSeparator, -1)) {
      if (!entry.isEmpty()) {
        urls.add(Path.of(entry).toUri().toURL());
      }
    }
    return new IsolatedLoader(urls.toArray(URL[]::new), IsolatedLoader.class.getClassLoader());
  }

  @Override
  protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
    return name.startsWith(CONTRACT) ? host.loadClass(name) : super.loadClass(name, resolve);
  }
}
