package io.gantry.api.plugin;

import static io.gantry.api.FailureAssert.assertFailure;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import io.gantry.api.GantryException.Kind;
import io.gantry.api.content.ContentStoreProvider;
import io.gantry.api.driver.ImageDriverProvider;
import io.gantry.api.provider.Location;
import io.gantry.api.provider.Option;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Enumeration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DriverRegistryTest {
  private static final String BROKEN = "plugin.Broken";
  private static final String GOOD = "plugin.Good";
  private static final String PROVIDER = ImageDriverProvider.class.getName();

  private PluginFolder folder = new PluginFolder(Path.of(""));

  @BeforeEach
  void createFolder(@TempDir Path path) {
    folder = new PluginFolder(path);
  }

  @Test
  void isEmptyWhereNothingIsInstalled() throws IOException {
    try (URLClassLoader loader = PluginFolder.loader(folder);
        DriverRegistry registry = DriverRegistry.load(loader)) {
      assertThat(registry.installed()).isEmpty();
      assertThat(registry.problems()).isEmpty();
      assertThat(DriverRegistry.load().installed()).isEmpty();
    }
  }

  @Test
  void opensWhatIsInstalled() throws IOException {
    folder
        .withDriver("Good", "x+y", "public List<String> aliases() { return List.of(\"xy\"); }")
        .withStore("Shelf", "x+y")
        .offering(ImageDriverProvider.class, GOOD)
        .offering(ContentStoreProvider.class, "plugin.Shelf");

    try (URLClassLoader loader = PluginFolder.loader(folder);
        DriverRegistry registry = DriverRegistry.load(loader)) {
      assertThat(registry.problems()).isEmpty();
      assertThatIOException()
          .isThrownBy(() -> registry.openDriver(Location.parse("x+y:a:tag"), Map.of()))
          .withMessage("cannot open 'x+y:a:tag': x+y:a:tag loud=false");
      assertThatIOException()
          .isThrownBy(() -> registry.openDriver(Location.parse("xy:a"), Map.of("loud", "true")))
          .withMessage("cannot open 'xy:a': xy:a loud=true");
      assertThatIOException()
          .isThrownBy(() -> registry.openStore(Location.parse("x+y:b"), Map.of("loud", "true")))
          .withMessage("cannot open 'x+y:b': x+y:b loud=true");
    }
  }

  @Test
  void listsWhatIsInstalledDriversFirst() throws IOException {
    folder
        .withStore("Shelf", "aa")
        .withDriver("Good", "zz", "public List<String> aliases() { return List.of(\"yy\"); }")
        .withDriver("Plain", "bb", "public List<Option<?>> options() { return List.of(); }")
        .offering(ContentStoreProvider.class, "plugin.Shelf")
        .offering(ImageDriverProvider.class, GOOD, "plugin.Plain");

    try (URLClassLoader loader = PluginFolder.loader(folder);
        DriverRegistry registry = DriverRegistry.load(loader)) {
      List<InstalledProvider> installed = registry.installed();

      assertThat(installed).extracting(InstalledProvider::scheme).containsExactly("zz", "bb", "aa");
      assertThat(installed)
          .extracting(InstalledProvider::driver)
          .containsExactly(true, true, false);
      assertThat(installed.get(0).aliases()).containsExactly("yy");
      assertThat(installed.get(0).options()).extracting(Option::name).containsExactly("loud");
      assertThat(installed.get(1).options()).isEmpty();
      assertThat(installed)
          .allSatisfy(provider -> assertThat(provider.origin()).isEqualTo(folder.path().toString()))
          .allSatisfy(provider -> assertThat(provider.version()).isEqualTo("unknown"));
    }
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

    assertLeftOut(BROKEN, "plugin.Broken");
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
  void stepsOverOneThatAnswersOnceAndNotAgain() throws IOException {
    folder.withDriver(
        "Broken",
        "broken",
        "int asked;",
        "public String scheme() { if (asked++ > 0) throw new IllegalStateException(); return \"broken\"; }");

    assertLeftOut(BROKEN, "plugin.Broken does not work: java.lang.IllegalStateException");
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
          .hasSize(2)
          .allSatisfy(problem -> assertThat(problem).endsWith("IOException: the disk is gone"));
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
    String[] names = new String[61];
    for (int i = 0; i < names.length; i++) {
      names[i] = "plugin.Missing" + i;
    }
    names[60] = GOOD;
    folder.withDriver("Good", "good").offering(ImageDriverProvider.class, names);

    try (URLClassLoader loader = PluginFolder.loader(folder);
        DriverRegistry registry = DriverRegistry.load(loader)) {
      assertThat(registry.installed()).hasSize(1);
      assertThat(registry.problems()).hasSize(60);
    }
  }

  @Test
  void takesTheFirstOfTwoDriversOfOneSchemeAndNamesBoth() throws IOException {
    folder.withDriver("Good", "good").offering(ImageDriverProvider.class, GOOD);
    PluginFolder second =
        new PluginFolder(Files.createDirectory(folder.path().resolve("second")))
            .withDriver("Other", "good")
            .offering(ImageDriverProvider.class, "plugin.Other");

    try (URLClassLoader loader = PluginFolder.loader(folder, second);
        DriverRegistry registry = DriverRegistry.load(loader)) {
      assertThat(registry.installed())
          .extracting(InstalledProvider::origin)
          .containsExactly(folder.path().toString());
      assertThat(registry.problems())
          .containsExactly(
              "driver 'good' is provided by %s and again by %s, which is left out; remove one of the two"
                  .formatted(folder.path(), second.path()));
    }
  }

  @Test
  void leavesOutADriverWhoseAliasIsTaken() throws IOException {
    folder
        .withDriver("Good", "good")
        .withDriver("Other", "other", "public List<String> aliases() { return List.of(\"good\"); }")
        .offering(ImageDriverProvider.class, GOOD, "plugin.Other");

    try (URLClassLoader loader = PluginFolder.loader(folder);
        DriverRegistry registry = DriverRegistry.load(loader)) {
      assertThat(registry.installed())
          .extracting(InstalledProvider::scheme)
          .containsExactly("good");
      assertThat(registry.problems()).singleElement().asString().startsWith("driver 'good' is");
      assertFailure(
          Kind.NO_SUCH_DRIVER, () -> registry.openDriver(Location.parse("other:a"), Map.of()));
    }
  }

  @Test
  void listsWhatIsInstalledWhenASchemeIsUnknown() throws IOException {
    folder
        .withDriver("Good", "good", "public List<String> aliases() { return List.of(\"fine\"); }")
        .offering(ImageDriverProvider.class, GOOD);

    try (URLClassLoader loader = PluginFolder.loader(folder);
        DriverRegistry registry = DriverRegistry.load(loader)) {
      assertFailure(
              Kind.NO_SUCH_DRIVER, () -> registry.openDriver(Location.parse("s3://b"), Map.of()))
          .hasMessage("no driver for 's3'; installed: fine, good");
      assertFailure(
              Kind.NO_SUCH_DRIVER, () -> registry.openStore(Location.parse("good:a"), Map.of()))
          .hasMessage("no store for 'good'; installed: none");
    }
  }

  @Test
  void refusesAnOptionThatIsNotDeclared() throws IOException {
    folder
        .withDriver("Good", "good", "public List<String> aliases() { return List.of(\"fine\"); }")
        .offering(ImageDriverProvider.class, GOOD);

    try (URLClassLoader loader = PluginFolder.loader(folder);
        DriverRegistry registry = DriverRegistry.load(loader)) {
      assertFailure(
              Kind.INVALID_ARGUMENT,
              () -> registry.openDriver(Location.parse("fine:a"), Map.of("quiet", "true")))
          .hasMessage("fine: no option 'quiet'; it has loud");
      assertFailure(
              Kind.INVALID_ARGUMENT,
              () -> registry.openDriver(Location.parse("good:a"), Map.of("loud", "very")))
          .hasMessage("good: option loud='very': expected true or false");
    }
  }
}
