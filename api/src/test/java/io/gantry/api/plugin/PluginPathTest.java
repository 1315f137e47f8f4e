package io.gantry.api.plugin;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.gantry.api.content.ContentStoreProvider;
import io.gantry.api.driver.ImageDriverProvider;
import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What people may name to have drivers loaded from it. */
class PluginPathTest {
  @TempDir private Path scratch = Path.of("");
  private int sources;

  private PluginFolder sources() throws IOException {
    return new PluginFolder(
        Files.createDirectories(scratch.resolve("sources").resolve("" + sources++)));
  }

  private Path driver(String jar, String scheme) throws IOException {
    return sources()
        .withDriver("Good", scheme)
        .offering(ImageDriverProvider.class, "plugin.Good")
        .jar(scratch.resolve(jar), "1");
  }

  /** A jar with a driver that does not work without the library. */
  private Path driverWithLibrary(String jar, String scheme) throws IOException {
    return sources()
        .withClass("Library", "public class Library {}")
        .withDriver("Good", scheme, "public Good() { new Library(); }")
        .withoutClass("Library")
        .offering(ImageDriverProvider.class, "plugin.Good")
        .jar(scratch.resolve(jar), "1");
  }

  private Path library(String jar) throws IOException {
    return sources().withClass("Library", "public class Library {}").jar(scratch.resolve(jar), "1");
  }

  private static DriverRegistry load(Path... paths) {
    return DriverRegistry.load(
        requireNonNull(ClassLoader.getPlatformClassLoader()), Arrays.asList(paths));
  }

  private static void assertLoads(List<Path> paths, String... schemes) throws IOException {
    try (DriverRegistry registry = load(paths.toArray(Path[]::new))) {
      assertThat(registry.problems()).isEmpty();
      assertThat(registry.installed())
          .extracting(InstalledProvider::scheme)
          .containsExactly(schemes);
    }
  }

  private static void assertReports(Path path, String problem) throws IOException {
    try (DriverRegistry registry = load(path)) {
      assertThat(registry.problems()).containsExactly(problem);
    }
  }

  @Test
  void mayBeAJar() throws IOException {
    assertLoads(List.of(driver("one.jar", "one")), "one");
  }

  @Test
  void mayBeAFolderWithOneJarOfADriverAndItsLibraries() throws IOException {
    driverWithLibrary("zip/driver.jar", "zip");
    library("zip/library.jar");
    Files.writeString(scratch.resolve("zip/LICENSE"), "Do what you like.");

    assertLoads(List.of(scratch.resolve("zip")), "zip");
  }

  @Test
  void mayBeAFolderOfDriversThatAreLoadedApart() throws IOException {
    driver("all/b.jar", "bb");
    driver("all/a.jar", "aa");

    assertLoads(List.of(scratch.resolve("all")), "aa", "bb");
  }

  @Test
  void mayBeAFolderOfFoldersAndJars() throws IOException {
    driver("all/a.jar", "aa");
    driverWithLibrary("all/zip/driver.jar", "zip");
    library("all/zip/library.jar");

    assertLoads(List.of(scratch.resolve("all")), "aa", "zip");
  }

  @Test
  void mayBeAFolderWithAJarThatOffersDriversAndStores() throws IOException {
    sources()
        .withDriver("Good", "both")
        .withStore("Shelf", "both")
        .offering(ImageDriverProvider.class, "plugin.Good")
        .offering(ContentStoreProvider.class, "plugin.Shelf")
        .jar(scratch.resolve("both/both.jar"), "1");
    library("both/library.jar");

    assertLoads(List.of(scratch.resolve("both")), "both", "both");
  }

  @Test
  void mayBeNamedTwice() throws IOException {
    Path jar = driver("all/a.jar", "aa");

    assertLoads(
        List.of(jar, scratch.resolve("all"), scratch.resolve("sources/../all/a.jar")), "aa");
  }

  @Test
  void mayBeNamedByALinkToo() throws IOException {
    Path jar = driver("all/a.jar", "aa");
    Path link = Files.createSymbolicLink(scratch.resolve("link.jar"), jar);
    Path folder = Files.createSymbolicLink(scratch.resolve("folder"), scratch.resolve("all"));

    assertLoads(List.of(link, jar, folder), "aa");
  }

  /** A path of another file system is none that a class loader could open. */
  @Test
  void isReportedIfItIsNoFile() throws IOException {
    Path jar = driver("a.jar", "aa");
    Path closed;
    try (FileSystem inside = FileSystems.newFileSystem(jar)) {
      closed = inside.getPath("/gone");
      Path file = inside.getPath("/plugin/Good.class");
      try (DriverRegistry registry = load(file, jar)) {
        assertThat(registry.installed()).hasSize(1);
        assertThat(registry.problems())
            .containsExactly(
                "cannot read '%s': java.lang.UnsupportedOperationException".formatted(file));
      }
    }
    try (DriverRegistry registry = load(closed, jar)) {
      assertThat(registry.installed()).hasSize(1);
      assertThat(registry.problems())
          .containsExactly("cannot read '/gone': java.nio.file.ClosedFileSystemException");
    }
  }

  @Test
  void winsOverThoseThatAreNamedAfterIt() throws IOException {
    Path first = driver("z.jar", "zip");
    Path second = driver("a.jar", "zip");

    try (DriverRegistry registry = load(first, second)) {
      assertThat(registry.installed())
          .extracting(InstalledProvider::origin)
          .containsExactly(first.toString());
      assertThat(registry.problems())
          .containsExactly(
              "driver 'zip' is provided by %s and again by %s, which is left out; remove one of the two"
                  .formatted(first, second));
    }
  }

  @Test
  void isReportedIfThereIsNothing() throws IOException {
    Path nowhere = scratch.resolve("nowhere");

    assertReports(
        nowhere, "cannot read '%s': %s: no such file or folder".formatted(nowhere, nowhere));
    assertThat(nowhere).doesNotExist();
  }

  @Test
  void isReportedIfItIsNoJar() throws IOException {
    Path file = Files.writeString(scratch.resolve("README.md"), "Put drivers somewhere else.");

    assertReports(file, "cannot read '%s': zip END header not found".formatted(file));
  }

  @Test
  void isReportedIfItHoldsNoJars() throws IOException {
    Path folder = Files.createDirectory(scratch.resolve("empty"));
    Files.writeString(folder.resolve("README.md"), "Put drivers here.");

    assertReports(folder, "there are no jars in '%s'; remove it".formatted(folder));
  }

  @Test
  void isWorthWhatWorksOfIt() throws IOException {
    driver("all/a.jar", "aa");
    Path broken = Files.createFile(scratch.resolve("all/b.jar"));

    try (DriverRegistry registry = load(scratch.resolve("all"))) {
      assertThat(registry.installed()).extracting(InstalledProvider::scheme).containsExactly("aa");
      assertThat(registry.problems())
          .containsExactly("cannot read '%s': zip file is empty".formatted(broken));
    }
  }

  @Test
  void isReportedIfALibraryHasNoDriverOfItsOwn() throws IOException {
    driver("all/a.jar", "aa");
    driver("all/b.jar", "bb");
    Path library = library("all/c.jar");

    assertReports(
        scratch.resolve("all"),
        "there is no driver and no store in '%s'; put a library beside the driver that needs it, in a folder of their own"
            .formatted(library));
  }
}
