package io.gantry.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class UsageTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "export",
        "export dir:a",
        "export dir:a tar:b third",
        "export --no-such-flag dir:a tar:b",
        "export --platform",
        "export -o noequals dir:a tar:b",
        "export dir:a tar:b -o",
        "export --parallel many dir:a tar:b",
        "export --quiet --quiet dir:a tar:b"
      })
  void pointsToTheHelpOfExport(String line) {
    Run.of(line.split(" ")).refuses(ExitCode.USAGE, "see 'gantry export --help'");
  }

  @ParameterizedTest
  @ValueSource(strings = {"no-such-command", "--no-such-flag"})
  void pointsToTheHelpOfGantry(String line) {
    Run.of(line.split(" ")).refuses(ExitCode.USAGE, line, "see 'gantry --help'");
  }

  @Test
  void asksForACommand() {
    Run.of().refuses(ExitCode.USAGE, "missing required subcommand", "see 'gantry --help'");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "export a dir:b",
        "export dir:a b",
        "export dir: tar:b",
        "export dir:a tar:b:",
        "export dir:a@sha256:12 tar:b",
        "export --parallel 0 dir:a tar:b",
        "export --dry-run --parallel=-1 dir:a tar:b",
        "export --platform nonsense dir:a tar:b",
        "export --platform a/b/c/d dir:a tar:b"
      })
  void refusesWhatItCannotUnderstand(String line) {
    Run.of(line.split(" ")).refuses(ExitCode.USAGE, "'");
  }

  /** It may be a password, and what is printed may end up in a log. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "export -o hunter2 dir:a tar:b",
        "export -ohunter2 dir:a tar:b",
        "export --option=hunter2 dir:a tar:b",
        "export --source-option =hunter2 dir:a tar:b",
        "inspect --source-option hunter2 dir:a",
        "prune -o hunter2 dir:a",
        "remove -o hunter2 dir:a:b"
      })
  void doesNotRepeatAnOptionWithoutItsKey(String line) {
    Run run =
        Run.of(line.split(" ")).refuses(ExitCode.USAGE, "option takes KEY=VALUE; see 'gantry");
    assertThat(run.err()).doesNotContain("hunter2");
  }

  @Test
  void refusesTwoWaysToNameTheImage() {
    Run.of("export", "--name", "app:2", "dir:a", "tar:b:app:1")
        .refuses(ExitCode.USAGE, "tar:b:app:1", "--name");
  }

  @Test
  void refusesToMixJsonIntoAnArchive() {
    Run.of("export", "--json", "dir:a", "tar:-").refuses(ExitCode.USAGE, "--json", "tar:-");
  }

  @Test
  void refusesSchemesThatNothingIsInstalledFor() {
    Run.of("export", "dir:a", "nosuch:b").refuses(ExitCode.NO_SUCH_DRIVER, "'nosuch'", "tar");
    Run.of("export", "nosuch:a", "tar:b").refuses(ExitCode.NO_SUCH_DRIVER, "'nosuch'", "store");
  }

  @Test
  void takesAFileNameThatBeginsWithAnAtSignForWhatItIs() {
    Run.of("export", "@arguments", "tar:b").refuses(ExitCode.USAGE, "'@arguments' has no scheme");
  }

  @Test
  void escapesWhatItRepeats() {
    Run.of("export", "--\u001b[31m\n", "a", "b").refuses(ExitCode.USAGE, "--\\x1b[31m\\x0a");
  }

  @Test
  void explainsItself() {
    assertThat(Run.of("--help").succeeds().out()).contains("export", "drivers");
    assertThat(Run.of("help", "export").succeeds().out())
        .isEqualTo(Run.of("export", "--help").succeeds().out())
        .contains("--platform", "--dry-run", "SOURCE", "TARGET");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--help",
        "export --help",
        "verify --help",
        "remove --help",
        "prune --help",
        "drivers --help"
      })
  void fitsItsHelpToATerminal(String line) {
    assertThat(Run.of(line.split(" ")).succeeds().out().lines())
        .allSatisfy(text -> assertThat(text).hasSizeLessThanOrEqualTo(80));
  }

  @Test
  void tellsItsVersion() {
    assertThat(Run.of("--version").succeeds().out()).startsWith("gantry ").hasLineCount(1);
  }
}
