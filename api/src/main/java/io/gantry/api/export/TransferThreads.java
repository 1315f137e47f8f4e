package io.gantry.api.export;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * The threads that move the blobs of one export; for one at a time that is the calling thread. All
 * are there from the beginning, so that no work is refused later, and gone when this is closed.
 */
final class TransferThreads implements Executor, AutoCloseable {
  private final Optional<ThreadPoolExecutor> pool;
  private final List<Thread> made = new CopyOnWriteArrayList<>();

  TransferThreads(int count) {
    pool = count == 1 ? Optional.empty() : Optional.of(start(count));
  }

  private ThreadPoolExecutor start(int count) {
    var threads =
        new ThreadPoolExecutor(
            count, count, 0, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), this::newThread);
    boolean started = false;
    try {
      threads.prestartAllCoreThreads();
      started = true;
    } finally {
      if (!started) {
        threads.shutdown();
      }
    }
    return threads;
  }

  /** Made by the thread of the export, whose context class loader it inherits. */
  private Thread newThread(Runnable work) {
    Thread thread = new Thread(work, "gantry-export-" + (made.size() + 1));
    thread.setDaemon(true);
    made.add(thread);
    return thread;
  }

  @Override
  public void execute(Runnable work) {
    if (pool.isPresent()) {
      pool.get().execute(work);
    } else {
      work.run();
    }
  }

  /** Waits for all work to end. An interrupt is kept for later: who wants it to end stops it. */
  @Override
  public void close() {
    pool.ifPresent(ThreadPoolExecutor::shutdown);
    Interruption.join(made);
  }
}
