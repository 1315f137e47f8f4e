package io.gantry.api.plugin;

import static io.gantry.api.FailureAssert.assertFailure;
import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.tuple;

import io.gantry.api.GantryException.Kind;
import io.gantry.api.content.ContentStoreProvider;
import io.gantry.api.driver.ImageDriverProvider;
import io.gantry.api.provider.Location;
import java.io.IOException;
import java.io.InputStream;
import java.lang.module.ModuleDescriptor;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Drivers in jars of their own, beside a host that has one for {@code host:}. */
class PluginTest {
  private static final String LIBRARY = "public class Library {}";

  @TempDir private Path scratch = Path.of("");
  private Path drivers = Path.of("");
  private PluginFolder host = new PluginFolder(Path.of(""));

  @BeforeEach
  void installHost() throws IOException {
    drivers = Files.createDirectory(scratch.resolve("drivers"));
    host =
        sources("host")
            .withDriver("Good", "host", aliases("home"))
            .offering(ImageDriverProvider.class, "plugin.Good");
  }

  private PluginFolder sources(String name) throws IOException {
    return new PluginFolder(Files.createDirectories(scratch.resolve("sources").resolve(name)));
  }

  private static String aliases(String alias) {
    return "public List<String> aliases() { return List.of(\"%s\"); }".formatted(alias);
  }

  /** Puts a jar with one driver, {@code plugin.Good}, into the folder. */
  private Path install(String jar, String scheme, String... members) throws IOException {
    return sources(jar)
        .withDriver("Good", scheme, members)
        .offering(ImageDriverProvider.class, "plugin.Good")
        .jar(drivers.resolve(jar), "1");
  }

  private interface Check {
    void on(DriverRegistry registry) throws IOException;
  }

  private void withRegistry(Check check) throws IOException {
    try (URLClassLoader loader = PluginFolder.loader(host);
        DriverRegistry registry = DriverRegistry.load(loader, List.of(drivers))) {
      check.on(registry);
    }
  }

  private static void assertOpens(DriverRegistry registry, String target) {
    assertThatIOException()
        .isThrownBy(() -> registry.openDriver(Location.parse(target), Map.of()))
        .withMessageStartingWith("cannot open '%s': driver '", target)
        .withMessageEndingWith(": %s loud=false", target);
  }

  @Test
  void isAJarOrAFolderOfJars() throws IOException {
    Path one =
        sources("one")
            .withStore("Shelf", "one")
            .offering(ContentStoreProvider.class, "plugin.Shelf")
            .jar(drivers.resolve("one.jar"), "1.5");
    sources("library").withClass("Library", LIBRARY).jar(drivers.resolve("two/a.jar"), "7");
    Path two =
        sources("two")
            .withClass("Library", LIBRARY)
            .withDriver("Two", "two", "public Two() { new Library(); }")
            .withoutClass("Library")
            .offering(ImageDriverProvider.class, "plugin.Two")
            .jar(drivers.resolve("two/b.jar"), "2");
    Files.writeString(drivers.resolve("README.md"), "Put drivers here.");
    Files.writeString(drivers.resolve("two/LICENSE"), "Do what you like.");
    Files.createDirectory(drivers.resolve(".git"));

    withRegistry(
        registry -> {
          assertThat(registry.problems()).isEmpty();
          assertThat(registry.installed())
              .extracting(
                  InstalledProvider::scheme, InstalledProvider::version, InstalledProvider::origin)
              .containsExactly(
                  tuple("host", "unknown", host.path().toString()),
                  tuple("two", "2", two.toString()),
                  tuple("one", "1.5", one.toString()));
          assertOpens(registry, "two:a");
        });
  }

  @Test
  void seesTheContractAndTheJdkAndNothingElseOfTheHost() throws IOException {
    host.withClass("OfHost", "public class OfHost {}");
    install(
        "probe.jar",
        "probe",
        """
        public List<String> aliases() {
          return java.util.stream.Stream.of(
                  "java.sql.Driver",
                  "io.gantry.api.oci.Digest",
                  "org.jspecify.annotations.Nullable",
                  "plugin.OfHost",
                  "tools.jackson.databind.ObjectMapper",
                  "org.junit.jupiter.api.Test")
              .filter(Good::sees)
              .map(String::toLowerCase)
              .toList();
        }

        private static boolean sees(String name) {
          try {
            Class.forName(name);
            return true;
          } catch (ClassNotFoundException e) {
            return Good.class.getResource("/" + name.replace('.', '/') + ".class") != null;
          }
        }
        """);

    withRegistry(
        registry ->
            assertThat(registry.installed().get(1).aliases())
                .containsExactly(
                    "java.sql.driver",
                    "io.gantry.api.oci.digest",
                    "org.jspecify.annotations.nullable"));
  }

  @Test
  void isNotOfferedTheServicesOfTheHost() throws IOException {
    try (URLClassLoader loader = PluginFolder.loader(host);
        URLClassLoader plugin = new Plugin(install("a.jar", "own")).open()) {
      String services = "META-INF/services/" + ImageDriverProvider.class.getName();
      assertThat(loader.getResource(services)).isNotNull();
      assertThat(plugin.getResources(services).asIterator()).toIterable().hasSize(1);
      assertThat(plugin.getResource("META-INF/services/org.junit.platform.engine.TestEngine"))
          .isNull();
    }
  }

  @Test
  void hasItsOwnCopyOfAClassThatOthersHaveToo() throws IOException {
    install("a.jar", "own");
    install("b.jar", "other");

    withRegistry(
        registry -> {
          assertOpens(registry, "host:a");
          assertOpens(registry, "own:a");
          assertOpens(registry, "other:a");
        });
  }

  /** What is put there afterwards can only be found by somebody who has not looked before. */
  @Test
  void isNotTouchedForASchemeOfTheHost() throws IOException {
    Path broken = Files.writeString(drivers.resolve("a.jar"), "no zip");

    withRegistry(
        registry -> {
          assertOpens(registry, "host:a");
          assertOpens(registry, "home:a");
          Files.delete(broken);
          install("b.jar", "own");
          assertOpens(registry, "own:a");
          assertThat(registry.problems()).isEmpty();
        });
  }

  @Test
  void isNamedWhereASchemeIsUnknown() throws IOException {
    install("b.jar", "own", aliases("mine"));

    withRegistry(
        registry ->
            assertFailure(
                    Kind.NO_SUCH_DRIVER,
                    () -> registry.openDriver(Location.parse("nosuch:a"), Map.of()))
                .hasMessage("no driver for 'nosuch'; installed: home, host, mine, own"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"host", "home"})
  void isLeftOutIfItsSchemeIsOfTheHost(String scheme) throws IOException {
    Path jar = install("a.jar", "own", aliases(scheme));

    withRegistry(
        registry -> {
          assertThat(registry.problems())
              .containsExactly(
                  "driver '%s' is provided by %s and again by %s, which is left out; remove one of the two"
                      .formatted(scheme, host.path(), jar));
          assertThat(registry.installed())
              .extracting(InstalledProvider::scheme)
              .containsExactly("host");
        });
  }

  @Test
  void isLeftOutIfItsSchemeIsOfAPluginBeforeIt() throws IOException {
    Path second = install("b.jar", "own");
    Path first = install("a.jar", "own");

    withRegistry(
        registry -> {
          assertThat(registry.problems())
              .containsExactly(
                  "driver 'own' is provided by %s and again by %s, which is left out; remove one of the two"
                      .formatted(first, second));
          assertThat(registry.installed())
              .extracting(InstalledProvider::origin)
              .containsExactly(host.path().toString(), first.toString());
        });
  }

  @Test
  void isReportedIfItIsNoZip() throws IOException {
    Path broken =
        Files.writeString(drivers.resolve("b.jar"), "this is no zip, whatever it is named");

    assertOthersWork("cannot read '%s': zip END header not found".formatted(broken));
  }

  @Test
  void isReportedIfALibraryIsNoZip() throws IOException {
    install("b/driver.jar", "broken");
    Path broken = Files.createFile(drivers.resolve("b/library.jar"));

    assertOthersWork("cannot read '%s': zip file is empty".formatted(broken));
  }

  @Test
  void isReportedIfItIsGone() throws IOException {
    Path link = Files.createSymbolicLink(drivers.resolve("b.jar"), scratch.resolve("nowhere"));

    assertOthersWork("cannot read '%s': %s: no such file or folder".formatted(link, link));
  }

  @Test
  void isReportedIfItIsAnEmptyFolder() throws IOException {
    Path folder = Files.createDirectory(drivers.resolve("b"));

    assertOthersWork("there are no jars in '%s'; remove it".formatted(folder));
  }

  @Test
  void isReportedIfItIsALibrary() throws IOException {
    Path library = sources("b").withClass("Library", LIBRARY).jar(drivers.resolve("b.jar"), "1");

    assertOthersWork(
        "there is no driver and no store in '%s'; put a library beside the driver that needs it, in a folder of their own"
            .formatted(library));
  }

  @Test
  void isReportedIfItsClassIsMissing() throws IOException {
    Path jar =
        sources("b")
            .offering(ImageDriverProvider.class, "plugin.Gone")
            .jar(drivers.resolve("b.jar"), "1");

    assertOthersWork(
        "%s: %s: Provider plugin.Gone not found"
            .formatted(jar, ImageDriverProvider.class.getName()));
  }

  @Test
  void isReportedIfALibraryIsMissing() throws IOException {
    Path jar =
        sources("b")
            .withClass("Library", "public interface Library {}")
            .withClass("Good", "public final class Good implements Library {}")
            .withoutClass("Library")
            .offering(ImageDriverProvider.class, "plugin.Good")
            .jar(drivers.resolve("b.jar"), "1");

    assertOthersWork(
        "%s: a driver or store could not be loaded: java.lang.NoClassDefFoundError: plugin/Library"
            .formatted(jar));
  }

  /** A jar whose signature does not match fails in the same way: with a SecurityException. */
  @Test
  void isReportedIfTheClassLoaderRefusesItsClass() throws IOException {
    Path file = drivers.resolve("b.jar");
    try (JarOutputStream jar = new JarOutputStream(Files.newOutputStream(file))) {
      jar.putNextEntry(new JarEntry("META-INF/services/" + ContentStoreProvider.class.getName()));
      jar.write("java.forbidden.Shelf".getBytes(UTF_8));
      jar.putNextEntry(new JarEntry("java/forbidden/Shelf.class"));
    }

    assertOthersWork(
        "%s: a driver or store could not be loaded: java.lang.SecurityException: Prohibited package name: java.forbidden"
            .formatted(file));
  }

  @Test
  void isReportedIfItIsTooNew() throws IOException {
    Path jar = install("b.jar", "broken", "public int spiVersion() { return 2; }");

    assertOthersWork(
        "plugin.Good in %s was built for version 2 of the driver contract, this is 1; upgrade gantry"
            .formatted(jar));
  }

  private void assertOthersWork(String problem) throws IOException {
    install("a.jar", "first");
    install("c/c.jar", "last");

    withRegistry(
        registry -> {
          assertThat(registry.problems()).containsExactly(problem);
          assertOpens(registry, "first:a");
          assertOpens(registry, "last:a");
          assertFailure(
                  Kind.NO_SUCH_DRIVER,
                  () -> registry.openDriver(Location.parse("broken:a"), Map.of()))
              .hasMessage(
                  "no driver for 'broken'; installed: first, home, host, last; not loaded: %s",
                  problem);
        });
  }

  /** A loader whose jars are closed finds nothing in them. */
  @Test
  void isClosedWithTheRegistry() throws IOException {
    String property = "gantry.test.loader";
    install(
        "a.jar",
        "own",
        "public Good() { System.getProperties().put(\"%s\", Good.class.getClassLoader()); }"
            .formatted(property));
    try {
      withRegistry(
          registry -> {
            assertOpens(registry, "own:a");
            assertThat(loader(property).getResource("plugin/Good.class")).isNotNull();
          });

      assertThat(loader(property).getResource("plugin/Good.class")).isNull();
    } finally {
      System.getProperties().remove(property);
    }
  }

  private static ClassLoader loader(String property) {
    return (ClassLoader) requireNonNull(System.getProperties().get(property));
  }

  @Test
  void cannotBeAskedForOnceTheRegistryIsClosed() throws IOException {
    try (URLClassLoader loader = PluginFolder.loader(host)) {
      DriverRegistry registry = DriverRegistry.load(loader, List.of(drivers));
      registry.close();
      registry.close();

      assertThatIllegalStateException().isThrownBy(registry::installed);
      assertThatIllegalStateException().isThrownBy(registry::problems);
      assertThatIllegalStateException()
          .isThrownBy(() -> registry.openDriver(Location.parse("host:a"), Map.of()))
          .withMessage("this registry is closed");
    }
  }

  @Test
  void sharesWhatTheModuleExports() throws IOException {
    TreeSet<String> packages = new TreeSet<>(List.of("org.jspecify.annotations"));
    try (InputStream in = Files.newInputStream(Path.of("target/classes/module-info.class"))) {
      ModuleDescriptor.read(in).exports().forEach(exported -> packages.add(exported.source()));
    }

    assertThat(PluginClassLoader.SHARED).containsExactlyInAnyOrderElementsOf(packages);
  }
}
