package io.gantry.api.export;

import io.gantry.api.GantryException;
import io.gantry.api.GantryException.Kind;
import io.gantry.api.content.ContentStore;
import io.gantry.api.driver.BlobWriter;
import io.gantry.api.driver.ImageDriver;
import io.gantry.api.oci.Descriptor;
import java.io.IOException;
import java.lang.reflect.UndeclaredThrowableException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * Moves the blobs of one export, some of them side by side. The calling thread asks the target what
 * it contains and opens the writers, in the order of the plan; what happens to a writer then
 * happens on one other thread. The first failure stops all.
 *
 * <p>The source is opened after the writer, on the other thread: the openings of a source with
 * latency would otherwise stand in line. Whether every blob is there was found out by the plan; one
 * that vanished since then costs a writer that is closed without commit.
 */
final class BlobTransfers {
  private final ImageDriver target;
  private final ExportListener listener;
  private final int most;

  // These are guarded by this; whether there is a failure may be asked without.
  private final Deque<BlobTransfer> idle = new ArrayDeque<>();
  private final Set<Thread> moving = new HashSet<>();
  private volatile @Nullable Throwable failure;

  /**
   * Makes the transfers of one export.
   *
   * @param most how many blobs are moved at a time; if one, then on the calling thread
   * @param rings for large blobs that are hashed while they are moved
   */
  BlobTransfers(
      ContentStore source,
      ImageDriver target,
      ExportListener listener,
      int most,
      BufferRings rings) {
    this.target = target;
    this.listener = listener;
    this.most = most;
    for (int i = 0; i < most; i++) {
      idle.push(new BlobTransfer(source, listener, rings, () -> failure != null));
    }
  }

  /**
   * Moves every blob that the target does not contain. When this returns or throws, all writers are
   * closed and all threads have ended.
   *
   * @return the blobs that the target contained, in their order
   */
  List<Descriptor> move(List<Descriptor> blobs) throws GantryException {
    List<Descriptor> contained = new ArrayList<>();
    long left = blobs.stream().mapToLong(Descriptor::size).sum();
    try (TransferThreads threads = new TransferThreads(most)) {
      try {
        for (Descriptor blob : blobs) {
          if (!awaitIdle(1)) {
            break;
          }
          if (target.contains(blob)) {
            contained.add(blob);
            listener.blobFinished(blob, true);
          } else {
            begin(blob, mayOverlap(blob, left), threads);
          }
          left -= blob.size();
        }
        awaitIdle(most);
      } catch (Throwable e) {
        failed(e);
      }
    }
    rethrow(failure);
    return contained;
  }

  /** Waits until so many transfers are idle, or returns false when there is no use in waiting. */
  private synchronized boolean awaitIdle(int wanted) throws GantryException {
    try {
      while (failure == null && idle.size() < wanted) {
        wait();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    Interruption.check();
    return failure == null;
  }

  /**
   * Whether a blob may have two threads: what is left cannot keep all processors busy without that.
   */
  private boolean mayOverlap(Descriptor blob, long left) {
    return most == 1 || blob.size() > left / Runtime.getRuntime().availableProcessors();
  }

  private void begin(Descriptor blob, boolean overlap, Executor threads) throws GantryException {
    BlobWriter writer;
    try {
      writer = target.blobWriter(blob);
    } catch (IOException e) {
      throw cannotWrite(blob, e);
    }
    BlobTransfer transfer = takeIdle();
    threads.execute(() -> run(transfer, blob, overlap, writer));
  }

  private void run(BlobTransfer transfer, Descriptor blob, boolean overlap, BlobWriter writer) {
    try {
      moveAndClose(transfer, blob, overlap, writer);
      listener.blobFinished(blob, false);
      // Who interrupts this thread from within means the export.
      Interruption.check();
    } catch (Throwable e) {
      failed(e);
    } finally {
      giveBack(transfer);
    }
  }

  /** A writer may have to talk to its carrier to discard a blob, so it is closed undisturbed. */
  private void moveAndClose(
      BlobTransfer transfer, Descriptor blob, boolean overlap, BlobWriter writer)
      throws GantryException {
    try (writer) {
      becomeStoppable();
      try {
        transfer.move(blob, overlap, writer);
      } finally {
        becomeUnstoppable();
      }
    } catch (IOException e) {
      throw cannotWrite(blob, e);
    }
  }

  private synchronized BlobTransfer takeIdle() {
    return idle.pop();
  }

  private synchronized void giveBack(BlobTransfer transfer) {
    idle.push(transfer);
    notifyAll();
  }

  private synchronized void becomeStoppable() {
    moving.add(Thread.currentThread());
  }

  private synchronized void becomeUnstoppable() {
    moving.remove(Thread.currentThread());
    if (failure != null) {
      // It is from below, and has done its work.
      Thread.interrupted();
    }
  }

  /** The first failure is the one to tell; the others follow from it, or at least are not first. */
  private synchronized void failed(Throwable e) {
    Throwable first = failure;
    if (first == null) {
      failure = e;
      moving.forEach(Thread::interrupt);
      notifyAll();
    } else if (first != e && (!Interruption.is(e) || e.getSuppressed().length > 0)) {
      first.addSuppressed(e);
    }
  }

  private static void rethrow(@Nullable Throwable failure) throws GantryException {
    if (failure instanceof IOException e) {
      throw GantryException.of(Kind.TARGET_FAILED, "cannot write the target", e);
    }
    if (failure instanceof RuntimeException e) {
      throw e;
    }
    if (failure instanceof Error e) {
      throw e;
    }
    if (failure != null) {
      throw new UndeclaredThrowableException(failure);
    }
  }

  private static GantryException cannotWrite(Descriptor blob, IOException e) {
    return GantryException.of(Kind.TARGET_FAILED, "cannot write blob " + blob.digest(), e);
  }
}
