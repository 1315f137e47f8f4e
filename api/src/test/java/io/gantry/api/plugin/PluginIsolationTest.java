package io.gantry.api.plugin;

import static io.gantry.api.FailureAssert.assertFailure;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.gantry.api.GantryException;
import io.gantry.api.GantryException.Kind;
import io.gantry.api.content.ContentStoreProvider;
import io.gantry.api.driver.ImageDriverProvider;
import io.gantry.api.provider.Location;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssertAlternative;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a plugin may bring and do without harm to Gantry or to other plugins. */
class PluginIsolationTest {
  private static final String OPEN =
      "public io.gantry.api.driver.ImageDriver open(Location location, Options options) throws java.io.IOException { %s }";
  private static final String FAIL_WITH_ANSWER =
      OPEN.formatted("throw new java.io.IOException(Library.answer());");

  @TempDir private Path scratch = Path.of("");

  private PluginFolder sources(String name) throws IOException {
    return new PluginFolder(Files.createDirectories(scratch.resolve("sources").resolve(name)));
  }

  private static PluginFolder withLibrary(PluginFolder sources, String answer) throws IOException {
    return sources.withClass(
        "Library",
        "public class Library { static String answer() { return \"%s\"; } }".formatted(answer));
  }

  private Path jar(PluginFolder sources, String name) throws IOException {
    return sources
        .offering(ImageDriverProvider.class, "plugin.Good")
        .jar(scratch.resolve(name), "1.5");
  }

  private static DriverRegistry load(Path... paths) {
    return DriverRegistry.load(ClassLoader.getPlatformClassLoader(), List.of(paths));
  }

  private static ThrowableAssertAlternative<IOException> assertFailsToOpen(
      DriverRegistry registry, String target) {
    return assertThatIOException()
        .isThrownBy(() -> registry.openDriver(Location.parse(target), Map.of()));
  }

  @Test
  void bringsItsOwnVersionOfALibrary() throws IOException {
    for (String version : List.of("old", "new")) {
      withLibrary(sources(version + "-library"), version)
          .jar(scratch.resolve(version).resolve("library.jar"), version);
      jar(
          withLibrary(sources(version), "that it was compiled against")
              .withDriver("Good", version, FAIL_WITH_ANSWER)
              .withoutClass("Library"),
          version + "/driver.jar");
    }

    try (DriverRegistry registry = load(scratch.resolve("old"), scratch.resolve("new"))) {
      assertThat(registry.problems()).isEmpty();
      assertFailsToOpen(registry, "old:a").withMessageEndingWith(": old");
      assertFailsToOpen(registry, "new:a").withMessageEndingWith(": new");
    }
  }

  @Test
  void worksOnWhenItsJarIsDeleted() throws IOException {
    Path jar =
        jar(
            withLibrary(sources("own"), "loaded late").withDriver("Good", "own", FAIL_WITH_ANSWER),
            "own.jar");

    try (DriverRegistry registry = load(jar)) {
      assertThat(registry.problems()).isEmpty();
      Files.delete(jar);
      assertFailsToOpen(registry, "own:a").withMessageEndingWith(": loaded late");
    }
  }

  @Test
  void hasNoJarOpenOnceTheRegistryIsClosed() throws IOException {
    Path descriptors = Path.of("/proc/self/fd");
    assumeTrue(Files.isDirectory(descriptors), "a system that lists the files of a process");
    Path jar =
        jar(
            withLibrary(sources("own"), "at work")
                .withDriver(
                    "Good",
                    "own",
                    OPEN.formatted(
                        "Good.class.getResourceAsStream(\"Good.class\").read();"
                            + "throw new java.io.IOException(Library.answer());")),
            "own.jar");

    try (DriverRegistry registry = load(jar)) {
      assertFailsToOpen(registry, "own:a").withMessageEndingWith(": at work");
      assertThat(openFiles(descriptors)).contains(jar.toRealPath());
    }

    assertThat(openFiles(descriptors)).isNotEmpty().doesNotContain(jar.toRealPath());
  }

  private static List<Path> openFiles(Path descriptors) throws IOException {
    try (Stream<Path> links = Files.list(descriptors)) {
      return links
          .filter(Files::exists)
          .map(
              link -> {
                try {
                  return link.toRealPath();
                } catch (IOException closedMeanwhile) {
                  return link;
                }
              })
          .toList();
    }
  }

  @Test
  void isRefusedIfItHoldsTheContract() throws IOException {
    jar(sources("own").withDriver("Good", "own"), "own/driver.jar");
    Path contract = scratch.resolve("own/gantry-api.jar");
    try (JarOutputStream jar = new JarOutputStream(Files.newOutputStream(contract))) {
      jar.putNextEntry(new JarEntry("io/gantry/api/provider/Provider.class"));
    }
    Path good = jar(sources("good").withDriver("Good", "good"), "good.jar");

    try (DriverRegistry registry = load(scratch.resolve("own"), good)) {
      assertThat(registry.problems())
          .containsExactly(
              "'%s' holds io.gantry.api, which comes from gantry alone; leave it out, in Maven by the scope provided of gantry-api"
                  .formatted(contract));
      assertThat(registry.installed())
          .extracting(InstalledProvider::scheme)
          .containsExactly("good");
    }
  }

  @Test
  void isReportedIfItNeedsANewerJava() throws IOException {
    PluginFolder folder =
        sources("new").withDriver("Good", "new").offering(ImageDriverProvider.class, "plugin.Good");
    folder.jar(scratch.resolve("compiled.jar"), "1");
    Path file = folder.path().resolve("plugin/Good.class");
    byte[] type = Files.readAllBytes(file);
    type[7] = (byte) 200;
    Files.write(file, type);
    Path jar = new PluginFolder(folder.path()).jar(scratch.resolve("new.jar"), "1");
    Path good = jar(sources("good").withDriver("Good", "good"), "good.jar");

    try (DriverRegistry registry = load(jar, good)) {
      assertThat(registry.problems())
          .singleElement()
          .asString()
          .startsWith(jar + ": ")
          .contains("UnsupportedClassVersionError", "200.0");
      assertThat(registry.installed())
          .extracting(InstalledProvider::scheme)
          .containsExactly("good");
    }
  }

  /** From its constructor on: what a library looks up there is what it keeps. */
  @Test
  void findsItsClassLoaderInTheThread() throws IOException {
    String check =
        """
        static final String ERROR = "the context class loader is not the plugin's";
        static boolean isFound() {
          return Thread.currentThread().getContextClassLoader() == %1$s.class.getClassLoader();
        }
        public %1$s() { if (!isFound()) throw new IllegalStateException(ERROR); }
        public String scheme() { if (!isFound()) throw new IllegalStateException(ERROR); return "own"; }
        public %2$s open(Location location, Options options) throws java.io.IOException {
          throw new java.io.IOException(isFound() ? "found" : ERROR);
        }
        """;
    Path jar =
        jar(
            sources("own")
                .withDriver(
                    "Good",
                    "own",
                    check.formatted("Good", "io.gantry.api.driver.ImageDriver"),
                    "public io.gantry.api.layout.Layout openLayout(Location location, Options options)"
                        + " throws java.io.IOException { open(location, options); return null; }")
                .withStore(
                    "Shelf", "own", check.formatted("Shelf", "io.gantry.api.content.ContentStore"))
                .offering(ContentStoreProvider.class, "plugin.Shelf"),
            "own.jar");
    ClassLoader before = Thread.currentThread().getContextClassLoader();

    try (DriverRegistry registry = load(jar)) {
      assertThat(registry.problems()).isEmpty();
      Location location = Location.parse("own:a");
      assertFailsToOpen(registry, "own:a").withMessageEndingWith(": found");
      assertThatIOException()
          .isThrownBy(() -> registry.openStore(location, Map.of()))
          .withMessageEndingWith(": found");
      assertThatIOException()
          .isThrownBy(() -> registry.openLayout(location, Map.of()))
          .withMessageEndingWith(": found");
    }

    assertThat(Thread.currentThread().getContextClassLoader()).isSameAs(before);
  }

  @Test
  void isNamedWhenItThrowsWhatItDoesNotDeclare() throws IOException {
    Path jar =
        jar(
            sources("own")
                .withDriver(
                    "Good",
                    "own",
                    OPEN.formatted("throw sneak(new Exception(\"no licence\"));"),
                    PluginFolder.SNEAK),
            "own.jar");

    try (DriverRegistry registry = load(jar)) {
      assertFailure(
              Kind.TARGET_FAILED, () -> registry.openDriver(Location.parse("own:a"), Map.of()))
          .hasMessage(
              "driver 'own' in %s is broken: java.lang.Exception: no licence; report it to its author, with the stack trace",
              jar);
    }
  }

  @Test
  void isNamedWhenAClassIsMissingAtWork() throws IOException {
    Path jar =
        jar(
            withLibrary(sources("own"), "never")
                .withDriver("Good", "own", FAIL_WITH_ANSWER)
                .withoutClass("Library"),
            "own.jar");

    try (DriverRegistry registry = load(jar)) {
      assertThat(registry.problems()).isEmpty();
      assertFailure(
              Kind.TARGET_FAILED, () -> registry.openDriver(Location.parse("own:a"), Map.of()))
          .hasMessage(
              "driver 'own' in %s does not fit: java.lang.NoClassDefFoundError: plugin/Library; it is version 1.5, built for version 1 of the driver contract, and this is 1; install one that was built for this gantry, with all its libraries",
              jar);
    }
  }

  @Test
  void keepsAnInterruptThatItThrew() throws IOException {
    Path jar =
        jar(
            sources("own")
                .withDriver(
                    "Good",
                    "own",
                    OPEN.formatted("throw sneak(new InterruptedException());"),
                    PluginFolder.SNEAK),
            "own.jar");

    try (DriverRegistry registry = load(jar)) {
      assertFailure(Kind.INTERRUPTED, () -> registry.openDriver(Location.parse("own:a"), Map.of()));
      assertThat(Thread.interrupted()).isTrue();
    }
  }

  @Test
  void saysWhatItMeansInItsOwnWords() throws IOException {
    Path jar =
        jar(
            sources("own")
                .withDriver(
                    "Good",
                    "own",
                    OPEN.formatted(
                        "throw new io.gantry.api.GantryException(io.gantry.api.GantryException.Kind.NOT_FOUND, \"no tape\");")),
            "own.jar");

    try (DriverRegistry registry = load(jar)) {
      assertThatIOException()
          .isThrownBy(() -> registry.openDriver(Location.parse("own:a"), Map.of()))
          .isInstanceOf(GantryException.class)
          .withMessage("no tape");
    }
  }
}
