package io.gantry.api.export;

import static java.util.Objects.requireNonNull;

import io.gantry.api.GantryException;
import io.gantry.api.GantryException.Kind;
import io.gantry.api.content.ContentStore;
import io.gantry.api.driver.RunnableImage;
import io.gantry.api.oci.Descriptor;
import io.gantry.api.oci.Index;
import java.io.IOException;
import java.util.List;

/**
 * All that an export will do, decided before it begins: every blob once, in the byte order of the
 * digests, so that the result is the same on any machine and with any number of threads.
 *
 * @param index the entries to publish
 * @param blobs the blobs to move, every one of them present in the source with the right size
 * @param skipped layers that may not be distributed and that the source does not have
 * @param images the images that a container runtime could run
 * @param missing images of indexes that are left out as the source does not have them
 * @param rewritten the indexes among the blobs that are not the source's but made of its own
 */
public record ExportPlan(
    Index index,
    List<Descriptor> blobs,
    List<Descriptor> skipped,
    List<RunnableImage> images,
    List<MissingImage> missing,
    List<RewrittenIndex> rewritten) {

  /** Copies the lists. */
  public ExportPlan {
    requireNonNull(index, "index");
    blobs = List.copyOf(blobs);
    skipped = List.copyOf(skipped);
    images = List.copyOf(images);
    missing = List.copyOf(missing);
    rewritten = List.copyOf(rewritten);
  }

  /**
   * Walks the chosen images and checks that the source holds what they need. Manifests are read and
   * verified, of other blobs the size alone is looked at; nothing is written anywhere.
   *
   * @throws GantryException of kind {@code NOT_FOUND} if an image, platform or blob is missing,
   *     {@code CONTENT_MISMATCH} or {@code INVALID_IMAGE} if a manifest or a size is wrong, {@code
   *     INVALID_ARGUMENT} if the request does not fit the source, {@code SOURCE_FAILED} if the
   *     source cannot be read
   */
  public static ExportPlan of(ContentStore source, ExportRequest request) throws GantryException {
    try {
      return new Planner(source, request).plan();
    } catch (IOException e) {
      throw GantryException.of(Kind.SOURCE_FAILED, "cannot read the source", e);
    }
  }

  /** Returns the length of all blobs together in bytes. */
  public long totalBytes() {
    return blobs.stream().mapToLong(Descriptor::size).sum();
  }
}
