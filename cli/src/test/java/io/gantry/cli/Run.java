package io.gantry.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What a run of the command left behind.
 *
 * @param code its exit code
 * @param out its standard output
 * @param err its standard error
 */
record Run(int code, String out, String err) {

  /** Runs the command within this process, without a terminal. */
  static Run of(String... args) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    Output output =
        new Output(new PrintStream(out, false, UTF_8), new PrintStream(err, true, UTF_8), 0, false);
    int code = new Main(output, () -> false).run(args);
    return new Run(code, out.toString(UTF_8), err.toString(UTF_8));
  }

  /** Asserts that all went well and that data alone is on standard output. */
  Run succeeds() {
    assertThat(code).as("exit code after: %s", err).isZero();
    return this;
  }

  /** Asserts that the command says one line about a failure, and nothing else. */
  Run refuses(ExitCode expected, String... parts) {
    assertThat(err).startsWith("gantry: ").endsWith("\n");
    for (String part : parts) {
      assertThat(err).contains(part);
    }
    assertThat(err.strip().lines()).hasSize(1);
    assertThat(err.strip()).matches("\\P{Cntrl}*");
    assertThat(out).isEmpty();
    assertThat(code).isEqualTo(expected.value());
    return this;
  }

  /** Returns standard output as JSON. */
  JsonNode json() {
    return JsonMapper.shared().readTree(out);
  }
}
