package io.gantry.cli;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Turns Ctrl-C into an interrupt of the thread that works, and keeps the process alive until that
 * thread has cleaned up behind it.
 *
 * <p>The process ends with the code that the signal implies, 130 for Ctrl-C, unless the work was
 * done before the interrupt could stop it. The worker must say that it has {@linkplain #ended
 * ended} before it calls {@link System#exit}, which waits for the very hook that waits here.
 */
final class ShutdownGuard {
  private static final int PATIENCE_SECONDS = 10;

  private final Output output;
  private final Thread worker = Thread.currentThread();
  private final Thread hook = new Thread(this::stopWorker, "gantry-shutdown");
  private final CountDownLatch ended = new CountDownLatch(1);
  private volatile boolean triggered;
  private volatile boolean succeeded;

  private ShutdownGuard(Output output) {
    this.output = output;
  }

  /** Guards the calling thread from now on. */
  static ShutdownGuard install(Output output) {
    ShutdownGuard guard = new ShutdownGuard(output);
    Runtime.getRuntime().addShutdownHook(guard.hook);
    return guard;
  }

  /** Returns whether the process has been told to stop; failures are a consequence of that then. */
  boolean triggered() {
    return triggered;
  }

  /** Called by the worker when it has nothing left to do but to exit. */
  void ended(int exitCode) {
    succeeded = exitCode == ExitCode.OK.value();
    ended.countDown();
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException shuttingDown) {
      // Then the hook runs, has nothing to wait for any more, and ends the process.
    }
  }

  private void stopWorker() {
    triggered = true;
    worker.interrupt();
    try {
      if (!ended.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        output.message(
            "interrupted, and still busy after %d s; the target is as it was, or complete"
                .formatted(PATIENCE_SECONDS));
      } else if (succeeded) {
        Runtime.getRuntime().halt(ExitCode.OK.value());
      }
    } catch (InterruptedException e) {
      // Nobody knows this thread, so nobody interrupts it; ending at once is right if one does.
      Thread.currentThread().interrupt();
    }
  }
}
