package io.gantry.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is in the distribution, and that it starts from anywhere with any Java that will do. */
final class DistributionIT {
  private static final String VERSION = requireNonNull(System.getProperty("gantry.version"));

  @TempDir private Path folder;
  private final PackagedGantry gantry = PackagedGantry.built();

  @Test
  void holdsTheCommandTheLibrariesAndAPlaceForDrivers() throws IOException {
    assertThat(Layouts.files(gantry.home()))
        .contains(
            "LICENSE",
            "bin/gantry",
            "drivers/README.md",
            "drivers/s3/gantry-driver-s3-%s.jar".formatted(VERSION),
            "lib/gantry-%s.jar".formatted(VERSION),
            "lib/gantry-api-%s.jar".formatted(VERSION),
            "lib/gantry-driver-directory-%s.jar".formatted(VERSION),
            "lib/gantry-driver-tar-%s.jar".formatted(VERSION),
            "lib/gantry-store-filesystem-%s.jar".formatted(VERSION))
        .noneMatch(name -> name.contains("testkit") || name.contains("junit"));
    assertThat(gantry.launcher()).isExecutable();
  }

  @Test
  void comesAsAnArchiveToo() throws Exception {
    Path archive = gantry.home().resolveSibling("gantry-%s.tar.gz".formatted(VERSION));
    Run unpacked =
        PackagedGantry.run(
            new ProcessBuilder("tar", "-xzf", archive.toString(), "-C", folder.toString()));
    assertThat(unpacked.code()).as(unpacked.err()).isZero();
    Path copy = folder.resolve("gantry-" + VERSION);
    assertThat(Layouts.files(gantry.home()))
        .filteredOn(file -> !file.startsWith("share/classes-"))
        .isEqualTo(Layouts.files(copy));
    assertThat(copy.resolve("bin/gantry")).isExecutable();
  }

  @Test
  void knowsItsVersion() throws Exception {
    Run run = gantry.run("--version").succeeds();
    assertThat(run.out()).isEqualTo("gantry " + VERSION + "\n");
    assertThat(run.err()).isEmpty();
  }

  @Test
  void startsThroughALinkFromAnotherFolder() throws Exception {
    PackagedGantry copy = gantry.copyTo(folder.resolve("a place with blanks"));
    Path bin = Files.createDirectories(folder.resolve("bin"));
    Path link = Files.createSymbolicLink(bin.resolve("g"), copy.launcher());
    Files.createSymbolicLink(bin.resolve("gantry"), link.getFileName());
    ProcessBuilder process = gantry.process();
    process.command(bin.resolve("gantry").toString(), "--version").directory(folder.toFile());
    assertThat(PackagedGantry.run(process).succeeds().out()).startsWith("gantry ");
  }

  @Test
  void resolvesPathsWhereItIsStarted() throws Exception {
    Layouts.app(folder.resolve("source"));
    ProcessBuilder process = gantry.process("export", "dir:source", "tar:out.tar");
    PackagedGantry.run(process.directory(folder.toFile())).succeeds();
    assertThat(folder.resolve("out.tar")).isNotEmptyFile();
  }

  @Test
  void readsAndWritesFilesWithAnyNameInAnyLocale() throws Exception {
    Path source = Layouts.app(folder.resolve("Bücher 書"));
    Map<String, String> locale = Map.of("LC_ALL", "C", "LANG", "C");
    Run run = gantry.run(locale, "export", "dir:" + source, "tar:" + folder.resolve("é.tar"));
    assertThat(run.succeeds().err()).endsWith("é.tar\n");
    assertThat(folder.resolve("é.tar")).isNotEmptyFile();
  }

  @Test
  void asksForAJavaThatIsNewEnough() throws Exception {
    Path bin = Files.createDirectories(folder.resolve("old/bin"));
    Path java = Files.writeString(bin.resolve("java"), "#!/bin/sh\necho started\n");
    assertThat(java.toFile().setExecutable(true)).isTrue();
    Files.writeString(folder.resolve("old/release"), "JAVA_VERSION=\"11.0.2\"\n");
    Map<String, String> home = Map.of("JAVA_HOME", folder.resolve("old").toString());
    gantry.run(home, "--version").refuses(ExitCode.FAILED, "version 11", "Java 17");
    Files.delete(folder.resolve("old/release"));
    Files.writeString(java, "#!/bin/sh\necho 'java version \"1.8.0_402\"' >&2\n");
    gantry.run(home, "--version").refuses(ExitCode.FAILED, "version 1", "Java 17");
  }

  @Test
  void asksForAJavaWhenThereIsNone() throws Exception {
    gantry
        .run(Map.of("JAVA_HOME", folder.toString()), "--version")
        .refuses(ExitCode.FAILED, "JAVA_HOME", folder.toString());
  }

  @Test
  void sharesTheDataOfItsClassesFromTheFirstCommandOn() throws Exception {
    gantry.run("--version").succeeds();
    assertThat(Layouts.files(gantry.home().resolve("share")))
        .filteredOn(file -> file.startsWith("classes-"))
        .hasSize(1);
    Map<String, String> options = Map.of("GANTRY_JAVA_OPTS", "-Xlog:class+load:stderr");
    assertThat(gantry.run(options, "--version").succeeds().err())
        .containsPattern("io.gantry.cli.Main source: shared objects file");
  }

  @Test
  void handsOptionsToJava() throws Exception {
    Map<String, String> options = Map.of("GANTRY_JAVA_OPTS", "-Xmx64m -XshowSettings:vm");
    assertThat(gantry.run(options, "--version").succeeds().err()).contains("64.00M");
  }

  @Test
  void findsTheDriversThatAreAddedToIt() throws Exception {
    PackagedGantry copy = gantry.copyTo(folder.resolve("gantry"));
    SpareJar.write(copy.home().resolve("drivers/spare.jar"), SpareStoreProvider.class.getName());
    assertThat(copy.run("drivers").succeeds().out())
        .containsPattern("(?m)^spare +reads +[^ ]+ +spare.jar$");
  }

  @Test
  void usesADriverWithItsLibrariesFromAFolder() throws Exception {
    PackagedGantry copy = gantry.copyTo(folder.resolve("gantry"));
    Path plugin = Files.createDirectory(copy.home().resolve("drivers/spare"));
    SpareJar.write(plugin.resolve("spare.jar"), SpareStoreProvider.class.getName());
    try (JarOutputStream library =
        new JarOutputStream(Files.newOutputStream(plugin.resolve("library.jar")))) {
      library.putNextEntry(new JarEntry("library.txt"));
      library.write("a library".getBytes(UTF_8));
    }
    Run run = copy.run("export", "spare:x", "tar:" + folder.resolve("out.tar"));
    assertThat(run.code()).isEqualTo(ExitCode.FAILED.value());
    assertThat(run.err()).contains("there is nothing in spare:x, with a library, without jackson");
    copy.run("export", "nosuch:x", "tar:" + folder.resolve("out.tar"))
        .refuses(
            ExitCode.NO_SUCH_DRIVER,
            "no store for 'nosuch'; installed: dir, oci, oci-archive, s3, spare, store, tar");
  }

  @Test
  void opensNoPluginForWhatItCanDoWithoutOne() throws Exception {
    PackagedGantry copy = gantry.copyTo(folder.resolve("gantry"));
    SpareJar.write(copy.home().resolve("drivers/spare.jar"), SpareStoreProvider.class.getName());
    Path classes = folder.resolve("classes.log");
    String source = "dir:" + Layouts.app(folder.resolve("source"));
    Map<String, String> log = Map.of("GANTRY_JAVA_OPTS", "-Xlog:class+load:file=" + classes);
    copy.run(log, "export", source, "tar:" + folder.resolve("out.tar")).succeeds();
    assertThat(classes)
        .content()
        .contains("io.gantry.api.plugin.DriverRegistry ")
        .doesNotContain("io.gantry.api.plugin.Plugin ", "PluginClassLoader", "SpareStoreProvider");
    copy.run(log, "drivers").succeeds();
    assertThat(classes)
        .content()
        .contains("io.gantry.api.plugin.Plugin ", "PluginClassLoader", "SpareStoreProvider");
  }

  @Test
  void keepsWhatADriverPrintsOffStandardOutput() throws Exception {
    PackagedGantry copy = gantry.copyTo(folder.resolve("gantry"));
    SpareJar.write(copy.home().resolve("drivers/spare.jar"), SpareStoreProvider.class.getName());
    Run run = copy.run("export", "spare:x", "tar:-");
    assertThat(run.code()).isEqualTo(ExitCode.FAILED.value());
    assertThat(run.out()).isEmpty();
    assertThat(run.err()).contains("a line that somebody forgot", "there is nothing in spare:x");
  }

  @Test
  void worksWithABrokenDriverAndTellsWhichItIs() throws Exception {
    PackagedGantry copy = gantry.copyTo(folder.resolve("gantry"));
    SpareJar.write(copy.home().resolve("drivers/broken.jar"), "com.example.Missing");
    Run run = copy.run("drivers").succeeds();
    assertThat(run.out()).containsPattern("(?m)^tar ");
    assertThat(run.err())
        .startsWith("gantry: not loaded: ")
        .contains("drivers/broken.jar: ", "com.example.Missing")
        .hasLineCount(1);
  }

  @Test
  void takesDriversFromAPathThatIsNamed() throws Exception {
    Path jar = SpareJar.write(folder.resolve("spare.jar"), SpareStoreProvider.class.getName());
    Path gone = folder.resolve("gone.jar");
    Map<String, String> path = Map.of("GANTRY_DRIVER_PATH", gone + File.pathSeparator + jar);
    String target = "tar:" + folder.resolve("out.tar");

    assertThat(gantry.run(path, "export", "spare:x", target).err())
        .contains("there is nothing in spare:x, without a library, without jackson");
    assertThat(gantry.run("export", "--driver-path", jar.toString(), "spare:x", target).err())
        .contains("there is nothing in spare:x, without a library, without jackson");
    gantry
        .run("export", "spare:x", target)
        .refuses(ExitCode.NO_SUCH_DRIVER, "no store for 'spare'");
    Run listed = gantry.run(path, "drivers").succeeds();
    assertThat(listed.out()).containsPattern("(?m)^spare +reads +[^ ]+ +spare.jar$");
    assertThat(listed.err())
        .isEqualTo(
            "gantry: not loaded: cannot read '%1$s': %1$s: no such file or folder\n"
                .formatted(gone));
  }

  @Test
  void endsWhateverThreadsADriverLeaves() throws Exception {
    Path jar = SpareJar.write(folder.resolve("spare.jar"), SpareStoreProvider.class.getName());
    Run run =
        gantry.run("inspect", "--driver-path", jar.toString(), "spare:" + SpareStoreProvider.LEAK);

    assertThat(run.err()).contains("left a thread behind");
    assertThat(run.code()).isEqualTo(ExitCode.FAILED.value());
  }

  @Test
  void hasEachLibraryOnce() throws IOException {
    List<String> libraries =
        Layouts.files(gantry.home().resolve("lib")).stream()
            .map(name -> name.replaceFirst("-[0-9].*", ""))
            .toList();
    assertThat(libraries).doesNotHaveDuplicates();
  }
}
