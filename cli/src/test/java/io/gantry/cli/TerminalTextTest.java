package io.gantry.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class TerminalTextTest {
  @ParameterizedTest
  @CsvSource(
      delimiterString = " becomes ",
      value = {
        "10 becomes \\x0a",
        "13 becomes \\x0d",
        "27 becomes \\x1b",
        "127 becomes \\x7f",
        "155 becomes \\x9b",
        "173 becomes \\xad",
        "8206 becomes \\u{200e}",
        "8232 becomes \\u{2028}",
        "8238 becomes \\u{202e}",
        "8294 becomes \\u{2066}",
        "55296 becomes \\u{d800}",
        "57344 becomes \\u{e000}",
        "65279 becomes \\u{feff}",
        "917569 becomes \\u{e0041}",
        "1114111 becomes \\u{10ffff}"
      })
  void escapesWhatATerminalWouldObey(int codePoint, String escaped) {
    assertThat(TerminalText.escape("a" + Character.toString(codePoint) + "b"))
        .isEqualTo("a" + escaped + "b");
  }

  @Test
  void leavesVisibleTextAlone() {
    String text = "docker.io/library/app:1.0 'Grüße' 日本 \uD83D\uDE00 \\ {}";
    assertThat(TerminalText.escape(text)).isEqualTo(text);
  }

  @Test
  void leavesAnOrdinaryLineWhole() {
    String line = "x".repeat(1000);
    assertThat(TerminalText.shorten(line)).isEqualTo(line);
  }

  @Test
  void keepsTheBeginningAndTheEndOfALongLine() {
    String line = "blob x" + "y".repeat(5_000_000) + "fetch it again";
    assertThat(TerminalText.shorten(line))
        .startsWith("blob x")
        .contains(" ... ")
        .endsWith("fetch it again")
        .hasSize(1000);
  }

  @Test
  void cutsNoCharacterInHalf() {
    for (String prefix : new String[] {"", "x"}) {
      String shortened = TerminalText.shorten(prefix + "\uD83D\uDE00".repeat(2000));
      assertThat(TerminalText.escape(shortened)).isEqualTo(shortened);
    }
  }
}
