package io.gantry.api.export;

import io.gantry.api.oci.Descriptor;
import java.util.List;

/**
 * What an export did.
 *
 * @param plan what it was asked to do, and has done
 * @param written the blobs whose bytes were written
 * @param reused the blobs that the target had already
 * @param bytesWritten how many bytes of blobs were written
 */
public record ExportResult(
    ExportPlan plan, List<Descriptor> written, List<Descriptor> reused, long bytesWritten) {

  /** Copies the lists. */
  public ExportResult {
    written = List.copyOf(written);
    reused = List.copyOf(reused);
  }
}
