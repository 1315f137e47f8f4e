package io.gantry.cli;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;

/**
 * Runs commands whose results nobody wants, so that a JVM that is told to archive its classes at
 * its end has loaded the ones that people's commands need. The launcher runs it once.
 */
final class Rehearsal {
  private Rehearsal() {}

  /**
   * Runs the commands of a file, one in a line. Those that fail have loaded their classes, too.
   *
   * @param args the folder of the file {@code commands}, and a folder to write to
   */
  public static void main(String[] args) throws IOException {
    Locale.setDefault(Locale.ROOT);
    PrintStream nowhere =
        new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8);
    System.setErr(nowhere);
    Output output = new Output(nowhere, nowhere, 0, false);
    ShutdownGuard guard = ShutdownGuard.install(output);
    Main main = new Main(output, guard::triggered);
    for (String line : Files.readAllLines(Path.of(args[0], "commands"))) {
      main.run(
          Arrays.stream(line.split(" "))
              .map(word -> word.replace("HERE", args[0]).replace("TEMP", args[1]))
              .toArray(String[]::new));
    }
    guard.ended(ExitCode.OK.value());
  }
}
