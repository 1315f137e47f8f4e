package io.gantry.api.export;

import static java.util.Objects.requireNonNull;

import io.gantry.api.GantryException;
import io.gantry.api.GantryException.Kind;
import io.gantry.api.content.ContentStore;
import io.gantry.api.oci.Descriptor;
import io.gantry.api.oci.Platform;
import io.gantry.api.provider.Location;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** Which images of a source to export, how much of them, and under which names. Immutable. */
public final class ExportRequest {
  private final List<Selection> selections;
  private final List<String> targetNames;
  private final List<Platform> platforms;
  private final boolean skipMissing;
  private final boolean rewriteIndex;
  private final Optional<List<String>> referrers;

  private ExportRequest(
      List<Selection> selections,
      List<String> targetNames,
      List<Platform> platforms,
      boolean skipMissing,
      boolean rewriteIndex,
      Optional<List<String>> referrers) {
    this.selections = List.copyOf(selections);
    this.targetNames = List.copyOf(targetNames);
    this.platforms = List.copyOf(platforms);
    this.skipMissing = skipMissing;
    this.rewriteIndex = rewriteIndex;
    this.referrers = referrers.map(List::copyOf);
  }

  /** Returns a request for all that a source offers, under the names that it has there. */
  public static ExportRequest everything() {
    return new ExportRequest(List.of(), List.of(), List.of(), false, false, Optional.empty());
  }

  /**
   * Returns a request for what two locations say: the name or digest of the source selects, the
   * name of the target becomes the name of the image there.
   *
   * @throws GantryException of kind {@code INVALID_ARGUMENT} if the target has a digest, or the
   *     source a name that begins with an at sign and selects nothing
   */
  public static ExportRequest of(Location source, Location target) throws GantryException {
    if (target.digest().isPresent()) {
      throw new GantryException(
          Kind.INVALID_ARGUMENT, "target '%s': a digest cannot be chosen".formatted(target));
    }
    return everything()
        .select(Selection.of(source))
        .named(target.name().map(List::of).orElse(List.of()));
  }

  /**
   * Returns this request for other images, in this order.
   *
   * @param others none for all that the source offers
   */
  public ExportRequest select(List<Selection> others) {
    return new ExportRequest(others, targetNames, platforms, skipMissing, rewriteIndex, referrers);
  }

  /**
   * Returns this request with the names that the image has in the target.
   *
   * @param names tags or full names; none keeps the names of the source
   */
  public ExportRequest named(List<String> names) {
    return new ExportRequest(selections, names, platforms, skipMissing, rewriteIndex, referrers);
  }

  /**
   * Returns this request with the platforms to export of an image for several. The index itself
   * travels unmodified, unless {@link #rewritingIndex} says otherwise.
   *
   * @param wanted none for all of them
   */
  public ExportRequest platforms(List<Platform> wanted) {
    return new ExportRequest(selections, targetNames, wanted, skipMissing, rewriteIndex, referrers);
  }

  /**
   * Returns this request for what there is of an image for several platforms: one that an index
   * lists and that the source does not have whole, or that was asked for and that the index does
   * not list, is {@linkplain ExportPlan#missing left out and reported}. Otherwise it is an error.
   */
  public ExportRequest skippingMissing() {
    return new ExportRequest(selections, targetNames, platforms, true, rewriteIndex, referrers);
  }

  /**
   * Returns this request with indexes that list no more than what is exported of them. Such an
   * index is {@linkplain ExportPlan#rewritten another one}, with another digest: a signature of the
   * whole does not hold for it.
   */
  public ExportRequest rewritingIndex() {
    return new ExportRequest(selections, targetNames, platforms, skipMissing, true, referrers);
  }

  /**
   * Returns this request with what refers to the exported images: signatures, SBOMs, attestations,
   * and what refers to those.
   *
   * @param artifactTypes the types of artifact wanted; none for all
   */
  public ExportRequest withReferrers(List<String> artifactTypes) {
    return new ExportRequest(
        selections,
        targetNames,
        platforms,
        skipMissing,
        rewriteIndex,
        Optional.of(requireNonNull(artifactTypes)));
  }

  /**
   * Returns the entries of a source that this request is for, under the names that they will have.
   *
   * @throws GantryException of kind {@code NOT_FOUND} if there is none, {@code INVALID_ARGUMENT} if
   *     the request does not fit the source, {@code SOURCE_FAILED} if the source cannot be read
   */
  public List<Descriptor> imagesOf(ContentStore source) throws GantryException {
    try {
      return ImageSelector.select(source, this);
    } catch (IOException e) {
      throw GantryException.of(Kind.SOURCE_FAILED, "cannot read the source", e);
    }
  }

  List<Selection> selections() {
    return selections;
  }

  List<String> targetNames() {
    return targetNames;
  }

  List<Platform> platforms() {
    return platforms;
  }

  boolean skipsMissing() {
    return skipMissing;
  }

  boolean rewritesIndex() {
    return rewriteIndex;
  }

  /** Returns the wanted types of artifact, none for all; empty if no referrer is wanted. */
  Optional<List<String>> referrers() {
    return referrers;
  }
}
