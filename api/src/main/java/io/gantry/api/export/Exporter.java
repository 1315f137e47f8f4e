package io.gantry.api.export;

import static java.util.Objects.requireNonNull;

import io.gantry.api.GantryException;
import io.gantry.api.GantryException.Kind;
import io.gantry.api.content.ContentStore;
import io.gantry.api.driver.ImageDriver;
import io.gantry.api.driver.InitOptions;
import io.gantry.api.oci.Descriptor;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The shared export: moves the blobs of a plan from a store to a driver, counts and hashes every
 * byte on the way, commits a blob only when both agree with its descriptor, and publishes the index
 * last. Verification is here, once, for every store and every driver.
 *
 * <p>Blobs are moved side by side if the driver allows it, on threads that end with the export; all
 * calls but those of readers and writers are made by the calling thread.
 *
 * <p>An exporter serves one export; the store and the driver belong to the caller, who closes them.
 * A driver that is closed after a failure publishes nothing.
 */
public final class Exporter {
  private static final int LEAST_PARALLELISM = 8;

  private final ContentStore source;
  private final ImageDriver target;
  private final ExportListener listener;
  private final int parallelism;
  private final boolean sync;
  private final AtomicBoolean begun;

  private Exporter(
      ContentStore source,
      ImageDriver target,
      ExportListener listener,
      int parallelism,
      boolean sync,
      AtomicBoolean begun) {
    this.source = source;
    this.target = target;
    this.listener = listener;
    this.parallelism = parallelism;
    this.sync = sync;
    this.begun = begun;
  }

  /** Makes an exporter that tells {@code listener} of its progress. */
  public Exporter(ContentStore source, ImageDriver target, ExportListener listener) {
    this(
        requireNonNull(source, "source"),
        requireNonNull(target, "target"),
        new SerialListener(requireNonNull(listener, "listener")),
        // A carrier waits more than it computes.
        Math.max(LEAST_PARALLELISM, Runtime.getRuntime().availableProcessors()),
        true,
        new AtomicBoolean());
  }

  /** Makes an exporter that works in silence. */
  public Exporter(ContentStore source, ImageDriver target) {
    this(source, target, ExportListener.SILENT);
  }

  /**
   * Returns this exporter, moving up to so many blobs at a time if the driver {@linkplain
   * ImageDriver#maxOpenWriters takes as many}. What is published does not depend on it. By default
   * it is the number of processors and no fewer than 8, as a carrier waits more than it computes;
   * with 1 everything happens on the calling thread. Otherwise large blobs are hashed on one thread
   * while another moves them, as far as there are processors, also if the driver takes one at a
   * time.
   *
   * @param blobs at least 1
   */
  public Exporter parallel(int blobs) {
    if (blobs < 1) {
      throw new IllegalArgumentException("%d blobs at a time are too few".formatted(blobs));
    }
    return new Exporter(source, target, listener, blobs, sync, begun);
  }

  /**
   * Returns this exporter, not waiting for disks: what it publishes is as whole for every reader,
   * but after a power cut any of it may be damaged or gone.
   */
  public Exporter withoutSync() {
    return new Exporter(source, target, listener, parallelism, false, begun);
  }

  /**
   * Exports what a plan says. A driver takes one export, so this is called once.
   *
   * @param plan made from the same store
   * @param overwrite whether an existing target is replaced, not added to or refused
   * @throws GantryException of kind {@code CONTENT_MISMATCH} if a blob is not what its descriptor
   *     says, {@code NOT_FOUND} if one is missing, {@code TARGET_EXISTS} if the target may not be
   *     replaced, {@code SOURCE_FAILED} or {@code TARGET_FAILED} if a side fails, {@code
   *     INTERRUPTED} if the thread was; nothing is published then, and what was begun has ended. If
   *     several things fail, the first is thrown and others are suppressed by it
   * @throws IllegalStateException if it is called again
   */
  public ExportResult export(ExportPlan plan, boolean overwrite) throws GantryException {
    if (!begun.compareAndSet(false, true)) {
      throw new IllegalStateException("a driver takes one export, and this one has had it");
    }
    List<Descriptor> reused;
    try {
      target.init(
          InitOptions.of(plan.index(), plan.blobs())
              .withImages(plan.images())
              .withOverwrite(overwrite)
              .withSync(sync)
              .withNotices(listener::notice));
      listener.started(plan);
      reused =
          new BlobTransfers(
                  RewrittenStore.over(source, plan.rewritten()),
                  target,
                  listener,
                  mostAtATime(plan),
                  new BufferRings(parallelism == 1 ? 0 : parallelism, BlobTransfer.BUFFER_BYTES))
              .move(plan.blobs());
      Interruption.check();
      target.writeIndex(plan.index());
    } catch (IOException e) {
      throw GantryException.of(Kind.TARGET_FAILED, "cannot write the target", e);
    }
    List<Descriptor> written = new ArrayList<>(plan.blobs());
    written.removeAll(new HashSet<>(reused));
    long bytes = written.stream().mapToLong(Descriptor::size).sum();
    return new ExportResult(plan, written, reused, bytes);
  }

  private int mostAtATime(ExportPlan plan) {
    int wanted = Math.min(parallelism, plan.blobs().size());
    return Math.max(1, Math.min(wanted, target.maxOpenWriters()));
  }
}
