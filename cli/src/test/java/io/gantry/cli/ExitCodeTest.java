package io.gantry.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.gantry.api.GantryException.Kind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ExitCodeTest {
  @ParameterizedTest
  @CsvSource({
    "INVALID_ARGUMENT, 2",
    "NO_SUCH_DRIVER, 5",
    "NOT_FOUND, 4",
    "CONTENT_MISMATCH, 3",
    "INVALID_IMAGE, 1",
    "TARGET_EXISTS, 1",
    "SOURCE_FAILED, 1",
    "TARGET_FAILED, 1",
    "INTERRUPTED, 130"
  })
  void followsFromTheKindOfFailure(Kind kind, int value) {
    assertThat(ExitCode.of(kind).value()).isEqualTo(value);
  }

  @Test
  void isDocumentedInTheHelpOfExport() {
    String help = Run.of("export", "--help").succeeds().out();
    for (ExitCode code : ExitCode.values()) {
      assertThat(help).containsPattern("(?m)^  " + code.value() + " +[a-z]");
    }
  }
}
