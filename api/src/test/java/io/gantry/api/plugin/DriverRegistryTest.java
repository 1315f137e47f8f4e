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
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DriverRegistryTest {
  private static final String GOOD = "plugin.Good";

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
          .withMessage(
              "cannot open 'x+y:a:tag': driver 'x+y' in %s: x+y:a:tag loud=false", folder.path());
      assertThatIOException()
          .isThrownBy(() -> registry.openDriver(Location.parse("xy:a"), Map.of("loud", "true")))
          .withMessage("cannot open 'xy:a': driver 'x+y' in %s: xy:a loud=true", folder.path());
      assertThatIOException()
          .isThrownBy(() -> registry.openStore(Location.parse("x+y:b"), Map.of("loud", "true")))
          .withMessage("cannot open 'x+y:b': store 'x+y' in %s: x+y:b loud=true", folder.path());
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
