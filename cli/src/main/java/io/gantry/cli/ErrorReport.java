package io.gantry.cli;

import io.gantry.api.GantryException;
import io.gantry.api.GantryException.Kind;
import java.io.IOException;
import java.util.Locale;
import java.util.function.BooleanSupplier;
import picocli.CommandLine.ParameterException;

/** Tells people of a failure in one line on standard error, and the caller by an exit code. */
final class ErrorReport {
  private final Output output;
  private final BooleanSupplier stopped;

  /**
   * Makes a report.
   *
   * @param stopped whether the process was told to stop, which explains any failure since
   */
  ErrorReport(Output output, BooleanSupplier stopped) {
    this.output = output;
    this.stopped = stopped;
  }

  /** Reports what ended a command. */
  ExitCode failed(Throwable failure) {
    ExitCode code = ExitCode.FAILED;
    String message;
    if (stopped.getAsBoolean()) {
      code = ExitCode.INTERRUPTED;
      message = "interrupted; nothing was published";
    } else if (failure instanceof IOException io) {
      // What is no GantryException yet was thrown while closing a store or driver.
      GantryException known = GantryException.of(Kind.TARGET_FAILED, "cannot finish", io);
      code = ExitCode.of(known.kind());
      message = String.valueOf(known.getMessage());
    } else if (failure instanceof OutOfMemoryError) {
      message = "out of memory; give Java more of it, for example GANTRY_JAVA_OPTS=-Xmx1g";
    } else {
      String details = failure.getMessage() == null ? "" : ": " + failure.getMessage();
      message =
          "unexpected %s%s; set GANTRY_DEBUG=1 for the stack trace"
              .formatted(failure.getClass().getSimpleName(), details);
    }
    output.message(message);
    if (output.debug()) {
      failure.printStackTrace(output.err());
    }
    return code;
  }

  /** Reports a command line that cannot be understood. */
  ExitCode misused(ParameterException failure) {
    String message = String.valueOf(failure.getMessage());
    output.message(
        "%s%s; see '%s --help'"
            .formatted(
                message.substring(0, 1).toLowerCase(Locale.ROOT),
                message.substring(1),
                failure.getCommandLine().getCommandSpec().qualifiedName()));
    return ExitCode.USAGE;
  }
}
