package io.gantry.api.driver;

import static java.util.Objects.requireNonNull;

import io.gantry.api.oci.Descriptor;
import io.gantry.api.oci.Index;
import java.util.List;
import java.util.function.Consumer;

/**
 * What a driver is told before the first byte: everything that will come, in its order. Immutable.
 */
public final class InitOptions {
  private final Index index;
  private final List<Descriptor> blobs;
  private final List<RunnableImage> images;
  private final boolean overwrite;
  private final boolean sync;
  private final Consumer<String> notices;

  private InitOptions(
      Index index,
      List<Descriptor> blobs,
      List<RunnableImage> images,
      boolean overwrite,
      boolean sync,
      Consumer<String> notices) {
    this.index = requireNonNull(index, "index");
    this.blobs = List.copyOf(blobs);
    this.images = List.copyOf(images);
    this.overwrite = overwrite;
    this.sync = sync;
    this.notices = requireNonNull(notices, "notices");
  }

  /**
   * Returns options for an export that adds to its target, survives a power cut, has no runnable
   * images and whose notices nobody hears.
   *
   * @param index the entries that will be published
   * @param blobs every blob, once, in the order of their digests
   */
  public static InitOptions of(Index index, List<Descriptor> blobs) {
    return new InitOptions(index, blobs, List.of(), false, true, notice -> {});
  }

  /** Returns these options with the images that a container runtime could run. */
  public InitOptions withImages(List<RunnableImage> other) {
    return new InitOptions(index, blobs, other, overwrite, sync, notices);
  }

  /** Returns these options with another answer to what becomes of an existing target. */
  public InitOptions withOverwrite(boolean other) {
    return new InitOptions(index, blobs, images, other, sync, notices);
  }

  /** Returns these options with another answer to what must survive a power cut. */
  public InitOptions withSync(boolean other) {
    return new InitOptions(index, blobs, images, overwrite, other, notices);
  }

  /** Returns these options with somebody to hear of what the user should know. */
  public InitOptions withNotices(Consumer<String> other) {
    return new InitOptions(index, blobs, images, overwrite, sync, other);
  }

  /** Returns the entries that will be published. */
  public Index index() {
    return index;
  }

  /**
   * Returns every blob of the export, each once and in the byte order of the digests, which is the
   * order in which writers are opened; blobs that the driver {@linkplain ImageDriver#contains
   * contains} are left out then.
   */
  public List<Descriptor> blobs() {
    return blobs;
  }

  /** Returns the images that Docker's {@code manifest.json} may list, for drivers that write it. */
  public List<RunnableImage> images() {
    return images;
  }

  /**
   * Returns whether an existing target is replaced. If not, a carrier that can hold several exports
   * is added to and any other refuses.
   */
  public boolean overwrite() {
    return overwrite;
  }

  /**
   * Returns whether what is published must survive a power cut. If not, a driver of files need not
   * wait for disks; what a killed process leaves is as it is with it. Other carriers do not care.
   */
  public boolean sync() {
    return sync;
  }

  /**
   * Returns where to tell what the user should know and that does not stop the export: one line,
   * starting in lower case. May be called by any thread until the driver is closed.
   */
  public Consumer<String> notices() {
    return notices;
  }
}
