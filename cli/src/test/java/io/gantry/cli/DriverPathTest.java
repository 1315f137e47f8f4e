package io.gantry.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** Drivers and stores of jars that the command line names. */
final class DriverPathTest {
  @TempDir private Path folder;

  private String jar() throws Exception {
    return SpareJar.write(folder.resolve("spare.jar"), SpareStoreProvider.class.getName())
        .toString();
  }

  private Run run(String line, String path) {
    List<String> words = new ArrayList<>(List.of(line.split(" ")));
    words.add(1, path);
    words.add(1, "--driver-path");
    return Run.of(words.toArray(String[]::new));
  }

  @ParameterizedTest
  @ValueSource(strings = {"export spare:x dir:y", "inspect spare:x", "verify spare:x"})
  void isWhereASourceMayComeFrom(String line) throws Exception {
    Run run = run(line, jar());

    assertThat(run.err()).contains("there is nothing in spare:x, without a library");
    assertThat(run.code()).isEqualTo(ExitCode.FAILED.value());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "export dir:x nosuch:y",
        "inspect nosuch:x",
        "verify nosuch:x",
        "remove nosuch:x:1",
        "prune nosuch:x"
      })
  void isToldOfWhereASchemeIsMissing(String line) throws Exception {
    Path broken = Files.createFile(folder.resolve("broken.jar"));

    run(line, broken.toString())
        .refuses(
            ExitCode.NO_SUCH_DRIVER,
            "for 'nosuch'; installed: ",
            "; not loaded: cannot read '" + broken + "': zip file is empty");
  }

  @Test
  void isListed() throws Exception {
    Run run = run("drivers", jar()).succeeds();

    assertThat(run.out()).containsPattern("(?m)^spare +reads +unknown +spare.jar$");
    assertThat(run.err()).isEmpty();
  }

  @Test
  void isListedForProgramsWithWhatIsWrong() throws Exception {
    jar();
    Path broken = Files.createFile(folder.resolve("broken.jar"));

    JsonNode json = run("drivers --json", folder.toString()).succeeds().json();

    assertThat(json.get("drivers").valueStream())
        .anySatisfy(
            driver -> {
              assertThat(driver.get("scheme").stringValue()).isEqualTo("spare");
              assertThat(driver.get("jar").stringValue())
                  .isEqualTo(folder.resolve("spare.jar").toString());
              assertThat(driver.get("version").stringValue()).isEqualTo("unknown");
            });
    assertThat(json.get("problems").valueStream().map(JsonNode::stringValue))
        .containsExactly("cannot read '%s': zip file is empty".formatted(broken));
  }

  @Test
  void isRefusedIfThereIsNothing() {
    String gone = folder.resolve("gone.jar").toString();

    run("export dir:x dir:y", gone)
        .refuses(ExitCode.USAGE, "--driver-path: there is no '" + gone + "'");
    run("drivers", gone).refuses(ExitCode.USAGE, "--driver-path: there is no '" + gone + "'");
  }

  @Test
  void isRefusedIfItIsNeitherAJarNorAFolder() throws Exception {
    String file = Files.createFile(folder.resolve("README.md")).toString();

    run("inspect dir:x", file)
        .refuses(ExitCode.USAGE, "--driver-path: '" + file + "' is neither a jar nor a folder");
  }

  @ParameterizedTest
  @NullSource
  @ValueSource(strings = {"", "::"})
  void mayBeEmptyInTheEnvironment(String list) {
    List<Path> plugins = new ArrayList<>();

    DriverPath.addFrom(list == null ? null : list.replace(":", File.pathSeparator), plugins);

    assertThat(plugins).isEmpty();
  }

  /** As it is where somebody has deleted S3 from it. */
  @Test
  void mayBeWithoutPluginsInTheDistribution() throws Exception {
    List<Path> plugins = new ArrayList<>();
    Path drivers = Files.createDirectory(folder.resolve("drivers"));

    Files.writeString(drivers.resolve("README.md"), "Put drivers here.");
    DriverPath.addHome(null, plugins);
    DriverPath.addHome(folder.resolve("gone").toString(), plugins);
    DriverPath.addHome(folder.toString(), plugins);
    assertThat(plugins).isEmpty();
    Path plugin = Files.createDirectory(drivers.resolve("s3"));
    DriverPath.addHome(folder.toString(), plugins);
    assertThat(plugins).containsExactly(drivers);
    Files.delete(plugin);
    SpareJar.write(drivers.resolve("spare.jar"), SpareStoreProvider.class.getName());
    DriverPath.addHome(folder.toString(), plugins);
    assertThat(plugins).containsExactly(drivers, drivers);
  }

  @Test
  void isWrittenAsAClassPathInTheEnvironment() {
    List<Path> plugins = new ArrayList<>(List.of(Path.of("first")));

    DriverPath.addFrom(String.join(File.pathSeparator, "a.jar", "", "b"), plugins);

    assertThat(plugins).containsExactly(Path.of("first"), Path.of("a.jar"), Path.of("b"));
  }
}
