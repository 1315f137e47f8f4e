package io.gantry.api.plugin;

import static io.gantry.api.FailureAssert.assertFailure;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import io.gantry.api.GantryException.Kind;
import io.gantry.api.driver.ImageDriverProvider;
import io.gantry.api.provider.Location;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Enumeration;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is broken is left out, told of, and hides nothing else. */
class ProviderScanTest {
  private static final String BROKEN = "plugin.Broken";
  private static final String GOOD = "plugin.Good";
  private static final String PROVIDER = ImageDriverProvider.class.getName();

  private PluginFolder folder = new PluginFolder(Path.of(""));

  @BeforeEach
  void createFolder(@TempDir Path path) {
    folder = new PluginFolder(path);
  }

  @Test
  void stepsOverAClassThatIsNotThere() throws IOException {
    assertLeftOut(BROKEN, "plugin.Broken");
  }

  @Test
  void stepsOverALineThatIsNoNameOfAClass() throws IOException {
    folder.withDriver("Good", "good").offering(ImageDriverProvider.class, GOOD);
    PluginFolder broken =
        new PluginFolder(Files.createDirectory(folder.path().resolve("broken")))
            .offering(ImageDriverProvider.class, "not a class");

    try (URLClassLoader loader = PluginFolder.loader(broken, folder);
        DriverRegistry registry = DriverRegistry.load(loader)) {
      assertThat(registry.installed())
          .extracting(InstalledProvider::scheme)
          .containsExactly("good");
      assertThat(registry.problems()).singleElement().asString().contains(broken.path().toString());
    }
  }

  @Test
  void stepsOverAClassThatIsNoProvider() throws IOException {
    folder.withClass("Broken", "public final class Broken {}");

    assertLeftOut(BROKEN, "plugin.Broken");
  }

  @Test
  void stepsOverAClassThatIsNotPublic() throws IOException {
    folder.withClass("Broken", "abstract class Broken implements " + PROVIDER + " {}");

    assertLeftOut(BROKEN, "plugin.Broken");
  }

  @Test
  void stepsOverAConstructorWithParameters() throws IOException {
    folder.withDriver("Broken", "broken", "public Broken(String name) {}");

    assertLeftOut(BROKEN, "plugin.Broken");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "throw new IllegalStateException(\"no licence\");",
        "throw new StackOverflowError();",
        "throw new NoClassDefFoundError(\"forgotten/Library\");"
      })
  void stepsOverAConstructorThatThrows(String body) throws IOException {
    folder.withDriver("Broken", "broken", "public Broken() { %s }".formatted(body));

    assertLeftOut(BROKEN, "plugin.Broken");
  }

  @Test
  void stepsOverAStaticInitialiserThatThrows() throws IOException {
    folder.withDriver("Broken", "broken", "static final int X = Integer.parseInt(\"x\");");

    assertLeftOut(
        BROKEN,
        "plugin.Broken could not be instantiated: java.lang.NumberFormatException: For input");
  }

  @Test
  void stepsOverAClassWhoseLibraryIsMissing() throws IOException {
    folder
        .withClass("Library", "public class Library {}")
        .withDriver("Broken", "broken", "public Broken() { new Library(); }")
        .withoutClass("Library");

    assertLeftOut(BROKEN, "plugin.Broken");
  }

  @Test
  void stepsOverAClassWhoseParentIsMissing() throws IOException {
    folder
        .withClass("Library", "public interface Library extends " + PROVIDER + " {}")
        .withClass(
            "Broken",
            """
            import io.gantry.api.provider.*;
            public final class Broken implements Library {
              public int spiVersion() { return SPI_VERSION; }
              public String scheme() { return "broken"; }
              public io.gantry.api.driver.ImageDriver open(Location target, Options options) {
                throw new UnsupportedOperationException();
              }
            }
            """)
        .withoutClass("Library");

    assertLeftOut(BROKEN, "NoClassDefFoundError: plugin/Library");
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, 0, 2, 1000})
  void stepsOverAnotherVersionOfTheContract(int version) throws IOException {
    folder.withDriver(
        "Broken", "broken", "public int spiVersion() { return %d; }".formatted(version));

    assertLeftOut(
        BROKEN,
        "plugin.Broken in %s was built for version %d of the driver contract, this is 1; upgrade gantry"
            .formatted(folder.path(), version));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "x", "Tar", "1a", "a b", "a:b", "a/b", "-a"})
  void stepsOverASchemeThatNobodyCouldType(String scheme) throws IOException {
    folder.withDriver("Broken", scheme);

    assertLeftOut(
        BROKEN,
        "plugin.Broken in %s has the scheme '%s', which is not [a-z][a-z0-9+.-]+"
            .formatted(folder.path(), scheme));
  }

  @Test
  void stepsOverAnAliasThatNobodyCouldType() throws IOException {
    folder.withDriver(
        "Broken", "broken", "public List<String> aliases() { return List.of(\"A B\"); }");

    assertLeftOut(BROKEN, "'A B'");
  }

  /** The first questions to a driver are as likely to fail as its constructor. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "int spiVersion()            | throw new IllegalStateException(\"no licence\");",
        "String scheme()             | throw new IllegalStateException(\"no licence\");",
        "String scheme()             | return null;",
        "List<String> aliases()      | throw new IllegalStateException(\"no licence\");",
        "List<String> aliases()      | return null;",
        "List<Option<?>> options()   | throw new NoSuchMethodError(\"Option.text\");",
        "List<Option<?>> options()   | return null;",
        "String scheme()             | throw new AssertionError(\"never\");",
        "String scheme()             | throw new StackOverflowError();",
        "int spiVersion()            | throw new InternalError();",
        "List<String> aliases()      | throw new java.util.ServiceConfigurationError(\"none\");"
      })
  void stepsOverAnAnswerThatFails(String method, String body) throws IOException {
    folder.withDriver("Broken", "broken", "public %s { %s }".formatted(method, body));

    assertLeftOut(BROKEN, "plugin.Broken");
  }

  @Test
  void stepsOverAnAnswerThatThrowsWhatItDoesNotDeclare() throws IOException {
    folder.withDriver(
        "Broken",
        "broken",
        "public String scheme() { throw sneak(new Exception(\"no licence\")); }",
        PluginFolder.SNEAK);

    assertLeftOut(BROKEN, "does not work: java.lang.Exception: no licence");
  }

  @Test
  void tellsWhyAConstructorThrew() throws IOException {
    folder.withDriver(
        "Broken",
        "broken",
        "public Broken() { throw sneak(new Exception(\"no licence\")); }",
        PluginFolder.SNEAK);

    assertLeftOut(BROKEN, "could not be instantiated: java.lang.Exception: no licence");
  }

  @Test
  void stepsOverTwoOptionsOfOneName() throws IOException {
    folder.withDriver(
        "Broken",
        "broken",
        "public List<Option<?>> options() {"
            + " return List.of(LOUD, Option.text(\"loud\", \"says it twice\")); }");

    assertLeftOut(
        BROKEN, "plugin.Broken in %s has two options of the name 'loud'".formatted(folder.path()));
  }

  @Test
  void asksAProviderOnce() throws IOException {
    String once = "if (asked.put(\"%1$s\", true) != null) throw sneak(new Exception(\"again\")); ";
    folder
        .withDriver(
            "Good",
            "good",
            "java.util.Map<String, Boolean> asked = new java.util.HashMap<>();",
            "public int spiVersion() { %s return SPI_VERSION; }".formatted(once.formatted("1")),
            "public String scheme() { %s return \"good\"; }".formatted(once.formatted("2")),
            "public List<String> aliases() { %s return List.of(); }".formatted(once.formatted("3")),
            "public List<Option<?>> options() { %s return List.of(LOUD); }"
                .formatted(once.formatted("4")),
            PluginFolder.SNEAK)
        .offering(ImageDriverProvider.class, GOOD);

    try (URLClassLoader loader = PluginFolder.loader(folder);
        DriverRegistry registry = DriverRegistry.load(loader)) {
      assertThat(registry.problems()).isEmpty();
      assertThatIOException()
          .isThrownBy(() -> registry.openDriver(Location.parse("good:a"), Map.of()))
          .withMessageEndingWith("good:a loud=false");
    }
  }

  @Test
  void givesUpOnALoaderThatCannotSearch() throws IOException {
    try (URLClassLoader loader =
            new URLClassLoader(new URL[0], DriverRegistry.class.getClassLoader()) {
              @Override
              public Enumeration<URL> getResources(String name) throws IOException {
                throw new IOException("the disk is gone");
              }
            };
        DriverRegistry registry = DriverRegistry.load(loader)) {
      assertThat(registry.installed()).isEmpty();
      assertThat(registry.problems())
          .hasSize(4)
          .filteredOn(problem -> !problem.endsWith("IOException: the disk is gone"))
          .containsExactly(
              "the search for drivers was given up after 100 failures in a row",
              "the search for stores was given up after 100 failures in a row");
    }
  }

  /** Offers the broken class before and after a good one, which must be found all the same. */
  private void assertLeftOut(String broken, String complaint) throws IOException {
    folder
        .withDriver("Good", "good")
        .withDriver("Last", "last")
        .offering(ImageDriverProvider.class, GOOD, broken, "plugin.Last");

    try (URLClassLoader loader = PluginFolder.loader(folder);
        DriverRegistry registry = DriverRegistry.load(loader)) {
      assertThat(registry.installed())
          .extracting(InstalledProvider::scheme)
          .containsExactly("good", "last");
      assertThat(registry.problems()).singleElement().asString().contains(complaint);
      assertFailure(
              Kind.NO_SUCH_DRIVER, () -> registry.openDriver(Location.parse("broken:a"), Map.of()))
          .hasMessage(
              "no driver for 'broken'; installed: good, last; not loaded: %s",
              registry.problems().get(0));
    }
  }

  @Test
  void survivesManyBrokenProviders() throws IOException {
    String[] names = new String[181];
    for (int i = 0; i < names.length; i++) {
      names[i] = "plugin.Missing" + i;
    }
    names[90] = GOOD;
    names[180] = "plugin.Last";
    folder
        .withDriver("Good", "good")
        .withDriver("Last", "last")
        .offering(ImageDriverProvider.class, names);

    try (URLClassLoader loader = PluginFolder.loader(folder);
        DriverRegistry registry = DriverRegistry.load(loader)) {
      assertThat(registry.installed())
          .extracting(InstalledProvider::scheme)
          .containsExactly("good", "last");
      assertThat(registry.problems()).hasSize(179);
    }
  }
}
