package io.gantry.api.plugin;

import static java.util.Objects.requireNonNull;

import io.gantry.api.GantryException;
import io.gantry.api.GantryException.Kind;
import io.gantry.api.content.ContentStore;
import io.gantry.api.content.ContentStoreProvider;
import io.gantry.api.driver.ImageDriver;
import io.gantry.api.driver.ImageDriverProvider;
import io.gantry.api.layout.Layout;
import io.gantry.api.provider.Location;
import io.gantry.api.provider.Options;
import io.gantry.api.provider.Provider;
import java.io.Closeable;
import java.io.IOException;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The drivers and stores that are installed: those that a class loader sees, found with {@link
 * java.util.ServiceLoader}, and those of plugins. An object like any other, with no state outside
 * it, and safe for use by several threads.
 *
 * <p>A plugin is a jar, or a folder of jars, and is loaded apart: it sees the JDK, the packages of
 * this module and its own jars, and nothing else. Plugins are not touched before a scheme is asked
 * for that the class loader does not have, or before they are listed. Whoever makes a registry
 * closes it, after the drivers and stores that it opened, so that the jars of plugins are closed. A
 * plugin must not be used any more then, and what it has not given back itself, such as threads or
 * files, stays with the process.
 *
 * <p>Whatever is opened here, wherever it comes from, stands behind a guard. Calls that the
 * contract rules out, such as a second commit or a write after close, are an {@link
 * IllegalStateException} and do not reach the driver or store; to close something twice is
 * harmless. What it throws and does not declare becomes a {@link GantryException} that names its
 * scheme and jar. The code of a plugin always finds its own class loader as the context class
 * loader of the thread.
 */
public final class DriverRegistry implements Closeable {
  private final ProviderTable<ImageDriverProvider> drivers =
      new ProviderTable<>(ImageDriverProvider.class, true);
  private final ProviderTable<ContentStoreProvider> stores =
      new ProviderTable<>(ContentStoreProvider.class, false);
  private final List<String> problems = new ArrayList<>();
  private final List<Path> unopened = new ArrayList<>();
  private final List<URLClassLoader> opened = new ArrayList<>();
  private boolean closed;

  private DriverRegistry(ClassLoader loader, List<Path> folders) {
    addFrom(loader, "");
    unopened.addAll(folders);
  }

  /** Returns the drivers and stores beside Gantry itself, on its own class or module path. */
  public static DriverRegistry load() {
    return load(requireNonNull(DriverRegistry.class.getClassLoader()));
  }

  /**
   * Returns the drivers and stores that a class loader sees. One that is broken does not hide the
   * others: it is left out and reported by {@link #problems}.
   */
  public static DriverRegistry load(ClassLoader loader) {
    return new DriverRegistry(loader, List.of());
  }

  /**
   * Returns the drivers and stores that a class loader sees, and those of plugins. A plugin that is
   * broken or not there is left out and reported by {@link #problems}; so is a driver or store
   * whose scheme is taken, by the class loader or by a plugin that comes before it.
   *
   * @param plugins jars, which are a plugin each, and folders, in the order in which they are
   *     looked at. A folder of jars of which one alone offers drivers or stores is a plugin, that
   *     jar with its libraries. In any other folder each jar is one, and each folder of jars, in
   *     the order of their names
   */
  public static DriverRegistry load(ClassLoader loader, List<Path> plugins) {
    return new DriverRegistry(loader, plugins);
  }

  /** Adds what is offered, and tells whether there is anything, be it good or bad. */
  private boolean addFrom(ClassLoader loader, String where) {
    int known = drivers.installed().size() + stores.installed().size() + problems.size();
    problems.addAll(drivers.addFrom(loader, where));
    problems.addAll(stores.addFrom(loader, where));
    return drivers.installed().size() + stores.installed().size() + problems.size() > known;
  }

  private void checkOpen() {
    if (closed) {
      throw new IllegalStateException("this registry is closed");
    }
  }

  /** All of them, as any may have the wanted scheme, and two that have it are to be told of. */
  private void openPlugins() {
    // Who is named twice, or within a folder too, is no duplicate.
    Set<Path> seen = new HashSet<>();
    while (!unopened.isEmpty()) {
      Path path = unopened.remove(0);
      try {
        for (Plugin plugin : Plugin.at(path)) {
          if (seen.add(plugin.realPath())) {
            open(plugin);
          }
        }
      } catch (GantryException e) {
        problems.add(String.valueOf(e.getMessage()));
      } catch (RuntimeException e) {
        // Such as that of a path which is no file, as it is in a jar itself.
        problems.add("cannot read '%s': %s".formatted(path, e));
      }
    }
  }

  private void open(Plugin plugin) {
    URLClassLoader loader;
    try {
      loader = plugin.open();
    } catch (GantryException e) {
      problems.add(String.valueOf(e.getMessage()));
      return;
    } catch (RuntimeException e) {
      problems.add("cannot read '%s': %s".formatted(plugin.path(), e));
      return;
    }
    opened.add(loader);
    Thread thread = Thread.currentThread();
    ClassLoader before = thread.getContextClassLoader();
    thread.setContextClassLoader(loader);
    try {
      if (!addFrom(loader, plugin.path() + ": ")) {
        problems.add(
            "there is no driver and no store in '%s'; put a library beside the driver that needs it, in a folder of their own"
                .formatted(plugin.path()));
      }
    } finally {
      thread.setContextClassLoader(before);
    }
  }

  /**
   * Returns a driver for one export to {@code target}. The caller closes it.
   *
   * @param options text by option name
   * @throws GantryException of kind {@code NO_SUCH_DRIVER} if no driver has this scheme, {@code
   *     INVALID_ARGUMENT} if an option is not the driver's or has a bad value, {@code
   *     TARGET_FAILED} or another one if the driver refuses the target
   */
  public ImageDriver openDriver(Location target, Map<String, String> options)
      throws GantryException {
    GuardedProvider<ImageDriverProvider> guard = find(drivers, target.scheme());
    Options parsed = Options.parse(target.scheme(), guard.about().options(), options);
    ClassLoader before = guard.enter();
    try {
      ImageDriver driver = guard.provider().open(target, parsed);
      return new GuardedDriver(requireNonNull(driver, "open returned null"), guard);
    } catch (Throwable e) {
      throw cannotOpen(Kind.TARGET_FAILED, target, guard.failure(e));
    } finally {
      guard.leave(before);
    }
  }

  /**
   * Opens a target to look after what was exported to it. The caller closes the layout.
   *
   * @param options text by option name
   * @throws GantryException of kind {@code NO_SUCH_DRIVER} if no driver has this scheme, {@code
   *     INVALID_ARGUMENT} if its targets cannot be edited, or if an option is not the driver's or
   *     has a bad value, {@code NOT_FOUND} if there is nothing at {@code target}, {@code
   *     TARGET_FAILED} or another one if it cannot be opened
   */
  public Layout openLayout(Location target, Map<String, String> options) throws GantryException {
    GuardedProvider<ImageDriverProvider> guard = find(drivers, target.scheme());
    Options parsed = Options.parse(target.scheme(), guard.about().options(), options);
    ClassLoader before = guard.enter();
    try {
      Layout layout = guard.provider().openLayout(target, parsed);
      return new GuardedLayout(requireNonNull(layout, "openLayout returned null"), guard);
    } catch (Throwable e) {
      throw cannotOpen(Kind.TARGET_FAILED, target, guard.failure(e));
    } finally {
      guard.leave(before);
    }
  }

  /**
   * Opens a source. The caller closes the store.
   *
   * @param options text by option name
   * @throws GantryException of kind {@code NO_SUCH_DRIVER} if no store has this scheme, {@code
   *     INVALID_ARGUMENT} if an option is not the store's or has a bad value, {@code NOT_FOUND},
   *     {@code SOURCE_FAILED} or another one if the source cannot be opened
   */
  public ContentStore openStore(Location source, Map<String, String> options)
      throws GantryException {
    GuardedProvider<ContentStoreProvider> guard = find(stores, source.scheme());
    Options parsed = Options.parse(source.scheme(), guard.about().options(), options);
    ClassLoader before = guard.enter();
    try {
      ContentStore store = guard.provider().open(source, parsed);
      return new GuardedStore(requireNonNull(store, "open returned null"), guard);
    } catch (Throwable e) {
      throw cannotOpen(Kind.SOURCE_FAILED, source, guard.failure(e));
    } finally {
      guard.leave(before);
    }
  }

  private static GantryException cannotOpen(Kind kind, Location location, IOException cause) {
    return GantryException.of(kind, "cannot open '" + location + "'", cause);
  }

  private synchronized <P extends Provider> GuardedProvider<P> find(
      ProviderTable<P> table, String scheme) throws GantryException {
    checkOpen();
    GuardedProvider<P> found = table.find(scheme);
    if (found == null) {
      openPlugins();
      found = table.find(scheme);
    }
    if (found == null) {
      throw noSuch(table, scheme);
    }
    return found;
  }

  private GantryException noSuch(ProviderTable<?> table, String scheme) {
    String broken = problems.isEmpty() ? "" : "; not loaded: " + String.join("; ", problems);
    return new GantryException(
        Kind.NO_SUCH_DRIVER,
        "no %s for '%s'; installed: %s%s"
            .formatted(
                table.what(),
                scheme,
                table.schemes().isEmpty() ? "none" : String.join(", ", table.schemes()),
                broken));
  }

  /**
   * Returns what is installed, plugins included: drivers before stores, each in the order of
   * discovery.
   */
  public synchronized List<InstalledProvider> installed() {
    checkOpen();
    openPlugins();
    return Stream.of(drivers, stores).flatMap(table -> table.installed().stream()).toList();
  }

  /** Returns one sentence for each driver, store or plugin that could not be loaded. */
  public synchronized List<String> problems() {
    checkOpen();
    openPlugins();
    return List.copyOf(problems);
  }

  /**
   * Closes the jars of the plugins. What they have opened must have been closed before, and this
   * registry cannot be used any more.
   */
  @Override
  public synchronized void close() throws IOException {
    closed = true;
    unopened.clear();
    IOException failure = null;
    for (URLClassLoader loader : opened) {
      try {
        loader.close();
      } catch (IOException e) {
        if (failure == null) {
          failure = e;
        } else {
          failure.addSuppressed(e);
        }
      }
    }
    opened.clear();
    if (failure != null) {
      throw failure;
    }
  }
}
