package io.gantry.api.check;

import static java.util.Objects.requireNonNull;

import io.gantry.api.oci.Digest;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The way that leads to a blob: the first of them, if there are several.
 *
 * @param image the name of the image, as its entry in the index of the source has it; empty if it
 *     has none
 * @param documents the indexes and manifests that lead to the blob, the outermost first; none for
 *     the manifest or index of the image itself
 */
public record Trail(Optional<String> image, List<Digest> documents) {
  /** Copies the list. */
  public Trail {
    requireNonNull(image, "image");
    documents = List.copyOf(documents);
  }

  /** Returns the names and digests on the way, the outermost first. */
  @Override
  public String toString() {
    String way =
        Stream.concat(image.stream(), documents.stream().map(Digest::toString))
            .collect(Collectors.joining(" > "));
    return way.isEmpty() ? "an entry without a name" : way;
  }
}
