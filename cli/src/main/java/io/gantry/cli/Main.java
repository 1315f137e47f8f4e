package io.gantry.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.BooleanSupplier;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.HelpCommand;

/** The entry point of the {@code gantry} command. */
public final class Main {
  private final Output output;
  private final ErrorReport errors;

  /**
   * Makes a command that has not run yet.
   *
   * @param stopped whether the process was told to stop
   */
  Main(Output output, BooleanSupplier stopped) {
    this.output = output;
    this.errors = new ErrorReport(output, stopped);
  }

  /** Runs the command and ends the process with its exit code. */
  public static void main(String[] args) {
    // Messages are English, whatever digits and letter cases the locale of the user has.
    Locale.setDefault(Locale.ROOT);
    Output output = Output.ofProcess();
    // Standard output is for data: what a stray line of a driver would do there is break an
    // archive.
    System.setOut(System.err);
    ShutdownGuard guard = ShutdownGuard.install(output);
    int code = new Main(output, guard::triggered).run(args);
    guard.ended(code);
    System.exit(code);
  }

  /** Runs the command and returns its exit code; whatever went wrong has been reported then. */
  int run(String... args) {
    try {
      int code = commandLine(args).execute(args);
      if (output.out().checkError() && code == ExitCode.OK.value()) {
        output.message("cannot write to standard output; is its reader gone or the disk full?");
        return ExitCode.FAILED.value();
      }
      return code;
    } catch (Throwable failure) {
      // Errors as well, running out of memory above all: one line is what people can use.
      return errors.failed(failure).value();
    } finally {
      output.err().flush();
    }
  }

  /**
   * Returns the command with the subcommand that is asked for. Reading the annotations of one takes
   * a moment, of all of them a part of a short command, so the others are left out unless it is
   * unclear which it is, or all are to be listed.
   */
  private CommandLine commandLine(String[] args) {
    Map<String, Object> subcommands = new LinkedHashMap<>();
    subcommands.put("export", new ExportCommand(output));
    subcommands.put("inspect", new InspectCommand(output));
    subcommands.put("verify", new VerifyCommand(output));
    subcommands.put("remove", new RemoveCommand(output));
    subcommands.put("prune", new PruneCommand(output));
    subcommands.put("drivers", new DriversCommand(output));
    subcommands.put("help", new HelpCommand());
    if (args.length > 0 && !args[0].equals("help") && subcommands.containsKey(args[0])) {
      subcommands.keySet().retainAll(Set.of(args[0]));
    }
    CommandLine command = new CommandLine(new GantryCommand());
    subcommands.forEach(command::addSubcommand);
    return command
        .setOut(new PrintWriter(output.out(), true, UTF_8))
        .setErr(new PrintWriter(output.err(), true, UTF_8))
        // A file name that begins with @ is one, not a list of arguments.
        .setExpandAtFiles(false)
        .setColorScheme(CommandLine.Help.defaultColorScheme(Ansi.OFF))
        .setParameterExceptionHandler((failure, unparsed) -> errors.misused(failure).value())
        .setExecutionExceptionHandler((failure, failed, parsed) -> errors.failed(failure).value());
  }
}
