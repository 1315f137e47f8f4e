package io.gantry.api.export;

import io.gantry.api.oci.Descriptor;

/**
 * Hears of the progress of an export. All methods do nothing by default. They may be called by
 * several threads and must return quickly; what they throw ends the export.
 */
public interface ExportListener {
  /** A listener that does not listen. */
  ExportListener SILENT = new ExportListener() {};

  /** Called once, before the first blob. */
  default void started(ExportPlan plan) {}

  /** Called when bytes of a blob have been handed to the driver. */
  default void bytesWritten(Descriptor blob, int count) {}

  /**
   * Called when a blob is in the target.
   *
   * @param reused whether the target had it already, and no bytes were written
   */
  default void blobFinished(Descriptor blob, boolean reused) {}
}
