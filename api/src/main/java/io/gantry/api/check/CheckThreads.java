package io.gantry.api.check;

import io.gantry.api.GantryException;
import io.gantry.api.GantryException.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The threads that hash blobs side by side; for one at a time that is the calling thread. The first
 * failure stops all, and all are gone when this is closed.
 */
final class CheckThreads implements AutoCloseable {
  private final Optional<ExecutorService> pool;
  // Guarded by this; may be empty when nothing is.
  private final List<Thread> made = new ArrayList<>();
  private volatile @Nullable Throwable failure;

  /** A piece of work. */
  interface Work {
    void run() throws GantryException;
  }

  CheckThreads(int count) {
    pool =
        count == 1
            ? Optional.empty()
            : Optional.of(Executors.newFixedThreadPool(count, this::newThread));
  }

  static GantryException interruption() {
    return new GantryException(Kind.INTERRUPTED, "interrupted before all was verified");
  }

  private synchronized Thread newThread(Runnable work) {
    Thread thread = new Thread(work, "gantry-verify-" + (made.size() + 1));
    thread.setDaemon(true);
    made.add(thread);
    return thread;
  }

  /** Returns whether the work that is left is not wanted any more. */
  boolean stopped() {
    return failure != null || Thread.currentThread().isInterrupted();
  }

  /** Does a piece of work, now or soon. */
  void run(Work work) throws GantryException {
    if (pool.isEmpty()) {
      work.run();
    } else {
      pool.get().execute(() -> runInPool(work));
    }
  }

  private void runInPool(Work work) {
    if (!stopped()) {
      try {
        work.run();
      } catch (Throwable e) {
        fail(e);
      }
    }
  }

  private synchronized void fail(Throwable e) {
    if (failure == null) {
      failure = e;
    }
  }

  /** Waits until all work is done, after which there can be no more. */
  void await() throws GantryException {
    if (pool.isPresent()) {
      pool.get().shutdown();
      try {
        while (!pool.get().awaitTermination(1, TimeUnit.DAYS)) {
          // A source may be slow, and large.
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw interruption();
      }
    }
    Throwable first = failure;
    if (first instanceof GantryException e) {
      throw e;
    }
    if (first instanceof RuntimeException e) {
      throw e;
    }
    if (first instanceof Error e) {
      throw e;
    }
  }

  /** Stops what is still running, and waits for its end. An interrupt is kept for later. */
  @Override
  public void close() {
    pool.ifPresent(ExecutorService::shutdownNow);
    boolean interrupted = false;
    for (Thread thread : threads()) {
      while (thread.isAlive()) {
        try {
          thread.join();
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private synchronized List<Thread> threads() {
    return List.copyOf(made);
  }
}
