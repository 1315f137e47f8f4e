package io.gantry.cli;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.util.Objects.requireNonNull;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The command as it is distributed, run as a process of its own. */
final class PackagedGantry {
  private static final int PATIENCE_SECONDS = 60;

  private final Path home;

  private PackagedGantry(Path home) {
    this.home = home;
  }

  /** Returns the distribution that the build has just made. */
  static PackagedGantry built() {
    return new PackagedGantry(Path.of(requireNonNull(System.getProperty("gantry.distribution"))));
  }

  /** Returns a copy of the distribution, to change something in it. */
  PackagedGantry copyTo(Path folder) throws IOException, InterruptedException {
    Process copy = new ProcessBuilder("cp", "-Rp", home.toString(), folder.toString()).start();
    assertThat(copy.waitFor()).isZero();
    return new PackagedGantry(folder);
  }

  /** Returns the folder that holds {@code bin}, {@code lib} and {@code drivers}. */
  Path home() {
    return home;
  }

  /** Returns the script that people start. */
  Path launcher() {
    return home.resolve("bin/gantry");
  }

  /** Returns a process that has not been started; it runs on the Java of this test. */
  ProcessBuilder process(String... args) {
    List<String> line = new ArrayList<>();
    line.add(launcher().toString());
    line.addAll(List.of(args));
    ProcessBuilder builder = new ProcessBuilder(line);
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    // What runs for less than a second is not worth being compiled well.
    builder.environment().put("GANTRY_JAVA_OPTS", "-XX:TieredStopAtLevel=1");
    return builder;
  }

  /** Runs the command to its end. */
  Run run(String... args) throws IOException, InterruptedException {
    return run(process(args));
  }

  /** Runs the command to its end with more in its environment. */
  Run run(Map<String, String> environment, String... args)
      throws IOException, InterruptedException {
    ProcessBuilder builder = process(args);
    builder.environment().putAll(environment);
    return run(builder);
  }

  /** Runs a process to its end; its standard output is kept byte by byte, in Latin-1. */
  static Run run(ProcessBuilder builder) throws IOException, InterruptedException {
    Path err = Files.createTempFile("gantry", ".err");
    try {
      Process process = builder.redirectError(err.toFile()).start();
      process.getOutputStream().close();
      String out = new String(process.getInputStream().readAllBytes(), ISO_8859_1);
      int code = await(process);
      return new Run(code, out, Files.readString(err));
    } finally {
      Files.delete(err);
    }
  }

  /** Waits for the end of a process and returns its exit code. */
  static int await(Process process) throws InterruptedException {
    if (!process.waitFor(PATIENCE_SECONDS, SECONDS)) {
      process.destroyForcibly();
      throw new AssertionError("still running after " + PATIENCE_SECONDS + " s");
    }
    return process.exitValue();
  }
}
