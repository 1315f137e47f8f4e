package io.gantry.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The guard ends processes, so it gets processes of its own to guard. */
final class ShutdownGuardTest {
  private static final int ENDED_BY_TERM = 143;

  @ParameterizedTest
  @CsvSource({
    "interrupted, 1, " + ENDED_BY_TERM,
    "interrupted, 0, 0",
    "undisturbed, 1, 1",
    "undisturbed, 0, 0"
  })
  void leavesTheExitCodeToTheSignalUnlessTheWorkWasDone(String how, String own, int expected)
      throws Exception {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                origin(ShutdownGuard.class) + ":" + origin(ShutdownGuardTest.class),
                Worker.class.getName(),
                how,
                own)
            .inheritIO()
            .start();
    assertThat(PackagedGantry.await(process)).isEqualTo(expected);
  }

  private static Path origin(Class<?> type) throws Exception {
    return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
  }

  /** Works until it is interrupted, by a signal to its own process. */
  static final class Worker {
    private Worker() {}

    public static void main(String[] args) throws IOException {
      ShutdownGuard guard = ShutdownGuard.install(Output.ofProcess());
      if (args[0].equals("interrupted")) {
        String self = Long.toString(ProcessHandle.current().pid());
        new ProcessBuilder("kill", "-s", "TERM", self).inheritIO().start();
        try {
          new CountDownLatch(1).await();
        } catch (InterruptedException expected) {
          if (!guard.triggered()) {
            throw new AssertionError("interrupted by somebody else", expected);
          }
        }
      }
      int code = Integer.parseInt(args[1]);
      guard.ended(code);
      System.exit(code);
    }
  }
}
