package io.gantry.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.gantry.api.GantryException;
import io.gantry.api.GantryException.Kind;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.file.AccessDeniedException;
import org.junit.jupiter.api.Test;

final class ErrorReportTest {
  private final ByteArrayOutputStream written = new ByteArrayOutputStream();

  private ErrorReport report(boolean stopped, boolean debug) {
    PrintStream stream = new PrintStream(written, true, UTF_8);
    return new ErrorReport(new Output(stream, stream, 0, debug), () -> stopped);
  }

  private String written() {
    return written.toString(UTF_8);
  }

  @Test
  void tellsAKnownFailureInItsOwnWords() {
    ExitCode code = report(false, false).failed(new GantryException(Kind.NOT_FOUND, "no blob"));
    assertThat(written()).isEqualTo("gantry: no blob\n");
    assertThat(code).isEqualTo(ExitCode.NOT_FOUND);
  }

  @Test
  void keepsOnOneLineWhatComesFromAnImage() {
    report(false, false)
        .failed(new GantryException(Kind.INVALID_IMAGE, "name 'a\u001b[31m\r\nb\u202e'"));
    assertThat(written()).isEqualTo("gantry: name 'a\\x1b[31m\\x0d\\x0ab\\u{202e}'\n");
  }

  @Test
  void tellsThatATargetCouldNotBeClosed() {
    ExitCode code = report(false, false).failed(new AccessDeniedException("out/.part"));
    assertThat(written()).isEqualTo("gantry: cannot finish: out/.part: permission denied\n");
    assertThat(code).isEqualTo(ExitCode.FAILED);
  }

  @Test
  void saysWhereTheStackTraceOfABugIs() {
    ExitCode code = report(false, false).failed(new IllegalStateException("odd"));
    assertThat(written())
        .isEqualTo(
            "gantry: unexpected IllegalStateException: odd; set GANTRY_DEBUG=1 for the stack"
                + " trace\n");
    assertThat(code).isEqualTo(ExitCode.FAILED);
  }

  @Test
  void saysHowToGetMoreMemory() {
    report(false, false).failed(new OutOfMemoryError());
    assertThat(written())
        .isEqualTo(
            "gantry: out of memory; give Java more of it, for example GANTRY_JAVA_OPTS=-Xmx1g\n");
  }

  @Test
  void printsTheStackTraceForDebugging() {
    report(false, true).failed(new GantryException(Kind.NOT_FOUND, "no blob"));
    assertThat(written()).startsWith("gantry: no blob\n").contains("\tat io.gantry.cli.");
  }

  @Test
  void explainsEveryFailureAfterAnInterruptByTheInterrupt() {
    ExitCode code = report(true, false).failed(new GantryException(Kind.TARGET_FAILED, "closed"));
    assertThat(written()).isEqualTo("gantry: interrupted; nothing was published\n");
    assertThat(code).isEqualTo(ExitCode.INTERRUPTED);
  }
}
