package io.gantry.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;

/**
 * Where the command writes: data to {@code out}, all else to {@code err}. Both are UTF-8 whatever
 * the locale says, so that the same export prints the same bytes everywhere.
 *
 * @param out for results that a program may read; buffered, flushed at the end
 * @param err for messages, warnings and progress
 * @param columns the width of the terminal that {@code err} is, or 0 if it is none
 * @param debug whether failures are reported with their stack traces
 */
record Output(PrintStream out, PrintStream err, int columns, boolean debug) {

  /** Returns the streams of this process. */
  static Output ofProcess() {
    return new Output(
        stream(FileDescriptor.out, false),
        stream(FileDescriptor.err, true),
        // Set by the launcher: System.console() tells nothing about standard error alone.
        Integer.getInteger("gantry.stderr.columns", 0),
        "1".equals(System.getenv("GANTRY_DEBUG")));
  }

  private static PrintStream stream(FileDescriptor descriptor, boolean autoFlush) {
    return new PrintStream(
        new BufferedOutputStream(new FileOutputStream(descriptor)), autoFlush, UTF_8);
  }

  /** Prints one line for people, whatever the text holds. */
  void message(String text) {
    err.println("gantry: " + TerminalText.shorten(TerminalText.escape(text)));
  }
}
