package io.gantry.api.file;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import java.io.BufferedReader;
import java.io.Closeable;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Another process that locks or writes a file, says what became of it, and keeps what it has until
 * its standard input ends or it is killed.
 */
final class FileProcess implements Closeable {
  private final Process process;
  private final BufferedReader output;

  private FileProcess(Process process) {
    this.process = process;
    this.output = process.inputReader(UTF_8);
  }

  /** Starts a process that tries to lock a file. */
  static FileProcess locking(Path file) throws IOException {
    return start("lock", file);
  }

  /** Starts a process that begins an {@link AtomicFile} and never publishes it. */
  static FileProcess writing(Path target) throws IOException {
    return start("write", target);
  }

  private static FileProcess start(String task, Path file) throws IOException {
    // Not java.class.path: surefire puts all that into one jar of its own.
    String classPath =
        Stream.of(FileProcess.class, LockFile.class)
            .map(FileProcess::origin)
            .collect(Collectors.joining(File.pathSeparator));
    return new FileProcess(
        new ProcessBuilder(
                List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-XX:TieredStopAtLevel=1",
                    "-cp",
                    classPath,
                    FileProcess.class.getName(),
                    task,
                    file.toString()))
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start());
  }

  private static String origin(Class<?> type) {
    try {
      return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI()).toString();
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Waits for what the process has to say. */
  String answer() throws IOException {
    return requireNonNull(output.readLine(), "the process said nothing");
  }

  /** Ends the process as a crash or a power cut would. */
  void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  /** Lets the process end by itself. */
  void release() throws IOException, InterruptedException {
    process.outputWriter(UTF_8).close();
    process.waitFor();
  }

  @Override
  public void close() {
    process.destroyForcibly();
    try {
      output.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Runs in the other process. */
  public static void main(String[] args) throws IOException {
    Path file = Path.of(args[1]);
    if (args[0].equals("lock")) {
      Optional<LockFile> lock = LockFile.tryAcquire(file);
      System.out.println(lock.isPresent() ? "locked" : "refused");
      waitForTheEnd();
      if (lock.isPresent()) {
        lock.get().close();
      }
    } else {
      AtomicFile unfinished = AtomicFile.create(file);
      unfinished.channel().write(ByteBuffer.wrap("half".getBytes(UTF_8)));
      System.out.println("written");
      waitForTheEnd();
      unfinished.close();
    }
  }

  private static void waitForTheEnd() throws IOException {
    while (System.in.read() >= 0) {
      // Nothing is ever sent.
    }
  }
}
