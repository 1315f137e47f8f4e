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
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The shared export: moves the blobs of a plan from a store to a driver, counts and hashes every
 * byte on the way, commits a blob only when both agree with its descriptor, and publishes the index
 * last. Verification is here, once, for every store and every driver.
 *
 * <p>An exporter serves one export; the store and the driver belong to the caller, who closes them.
 * A driver that is closed after a failure publishes nothing.
 */
public final class Exporter {
  private final ContentStore source;
  private final ImageDriver target;
  private final ExportListener listener;
  private final AtomicBoolean begun = new AtomicBoolean();

  /** Makes an exporter that tells {@code listener} of its progress. */
  public Exporter(ContentStore source, ImageDriver target, ExportListener listener) {
    this.source = requireNonNull(source, "source");
    this.target = requireNonNull(target, "target");
    this.listener = requireNonNull(listener, "listener");
  }

  /** Makes an exporter that works in silence. */
  public Exporter(ContentStore source, ImageDriver target) {
    this(source, target, ExportListener.SILENT);
  }

  /**
   * Exports what a plan says. A driver takes one export, so this is called once.
   *
   * @param plan made from the same store
   * @param overwrite whether an existing target is replaced, not added to or refused
   * @throws GantryException of kind {@code CONTENT_MISMATCH} if a blob is not what its descriptor
   *     says, {@code NOT_FOUND} if one is missing, {@code TARGET_EXISTS} if the target may not be
   *     replaced, {@code SOURCE_FAILED} or {@code TARGET_FAILED} if a side fails, {@code
   *     INTERRUPTED} if the thread was; nothing is published then
   * @throws IllegalStateException if it is called again
   */
  public ExportResult export(ExportPlan plan, boolean overwrite) throws GantryException {
    if (!begun.compareAndSet(false, true)) {
      throw new IllegalStateException("a driver takes one export, and this one has had it");
    }
    List<Descriptor> written = new ArrayList<>();
    List<Descriptor> reused = new ArrayList<>();
    try {
      target.init(
          InitOptions.of(plan.index(), plan.blobs())
              .withImages(plan.images())
              .withOverwrite(overwrite));
      listener.started(plan);
      BlobTransfer transfer = new BlobTransfer(source, target, listener);
      for (Descriptor blob : plan.blobs()) {
        checkInterrupt();
        boolean contained = target.contains(blob);
        if (contained) {
          reused.add(blob);
        } else {
          transfer.move(blob);
          written.add(blob);
        }
        listener.blobFinished(blob, contained);
      }
      checkInterrupt();
      target.writeIndex(plan.index());
    } catch (IOException e) {
      throw GantryException.of(Kind.TARGET_FAILED, "cannot write the target", e);
    }
    long bytes = written.stream().mapToLong(Descriptor::size).sum();
    return new ExportResult(plan, written, reused, bytes);
  }

  private static void checkInterrupt() throws GantryException {
    if (Thread.currentThread().isInterrupted()) {
      throw new GantryException(Kind.INTERRUPTED, "interrupted; nothing was published");
    }
  }
}
