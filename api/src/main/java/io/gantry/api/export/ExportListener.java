package io.gantry.api.export;

import io.gantry.api.oci.Descriptor;

/**
 * Hears of the progress of an export. All methods do nothing by default. They are called by several
 * threads, but never by two at once, so a listener needs no locks; the whole export waits for them,
 * so they must return quickly. What they throw ends the export.
 */
public interface ExportListener {
  /** A listener that does not listen. */
  ExportListener SILENT = new ExportListener() {};

  /** Called once, before the first blob. */
  default void started(ExportPlan plan) {}

  /** Called when bytes of a blob have been handed to the driver. */
  default void bytesWritten(Descriptor blob, int count) {}

  /**
   * Called when a blob is in the target; in the order in which that happens, which is that of the
   * plan only if blobs are moved one at a time.
   *
   * @param reused whether the target had it already, and no bytes were written
   */
  default void blobFinished(Descriptor blob, boolean reused) {}

  /**
   * Called when there is something that the user should know and that does not stop the export.
   *
   * @param message one line, starting in lower case; it may repeat what the target said, so it is
   *     to be escaped before it gets to a terminal
   */
  default void notice(String message) {}
}
