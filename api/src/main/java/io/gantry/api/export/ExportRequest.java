package io.gantry.api.export;

import static java.util.Objects.requireNonNull;

import io.gantry.api.GantryException;
import io.gantry.api.GantryException.Kind;
import io.gantry.api.oci.Digest;
import io.gantry.api.oci.Platform;
import io.gantry.api.provider.Location;
import java.util.List;
import java.util.Optional;

/** Which images of a source to export, and under which names. Immutable. */
public final class ExportRequest {
  private final Optional<String> name;
  private final Optional<Digest> digest;
  private final List<String> targetNames;
  private final List<Platform> platforms;

  private ExportRequest(
      Optional<String> name,
      Optional<Digest> digest,
      List<String> targetNames,
      List<Platform> platforms) {
    this.name = name;
    this.digest = digest;
    this.targetNames = List.copyOf(targetNames);
    this.platforms = List.copyOf(platforms);
  }

  /** Returns a request for all that a source offers, under the names that it has there. */
  public static ExportRequest everything() {
    return new ExportRequest(Optional.empty(), Optional.empty(), List.of(), List.of());
  }

  /**
   * Returns a request for what two locations say: the name or digest of the source selects, the
   * name of the target becomes the name of the image there.
   *
   * @throws GantryException of kind {@code INVALID_ARGUMENT} if the target has a digest
   */
  public static ExportRequest of(Location source, Location target) throws GantryException {
    if (target.digest().isPresent()) {
      throw new GantryException(
          Kind.INVALID_ARGUMENT, "target '%s': a digest cannot be chosen".formatted(target));
    }
    return new ExportRequest(
        source.name(), source.digest(), target.name().map(List::of).orElse(List.of()), List.of());
  }

  /** Returns this request for the one image of this tag or full name. */
  public ExportRequest select(String other) {
    return new ExportRequest(
        Optional.of(requireNonNull(other)), Optional.empty(), targetNames, platforms);
  }

  /** Returns this request for the one image of this digest. */
  public ExportRequest select(Digest other) {
    return new ExportRequest(
        Optional.empty(), Optional.of(requireNonNull(other)), targetNames, platforms);
  }

  /**
   * Returns this request with the names that the image has in the target.
   *
   * @param names tags or full names; none keeps the names of the source
   */
  public ExportRequest named(List<String> names) {
    return new ExportRequest(name, digest, names, platforms);
  }

  /**
   * Returns this request with the platforms to export of an image for several. The index itself
   * travels unmodified.
   *
   * @param wanted none for all of them
   */
  public ExportRequest platforms(List<Platform> wanted) {
    return new ExportRequest(name, digest, targetNames, wanted);
  }

  Optional<String> name() {
    return name;
  }

  Optional<Digest> digest() {
    return digest;
  }

  List<String> targetNames() {
    return targetNames;
  }

  List<Platform> platforms() {
    return platforms;
  }
}
