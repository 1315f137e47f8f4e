package io.gantry.api.export;

import io.gantry.api.content.ContentStore;
import io.gantry.api.content.ManifestReader;
import io.gantry.api.oci.Annotations;
import io.gantry.api.oci.Descriptor;
import io.gantry.api.oci.ImageDocument;
import io.gantry.api.oci.MediaTypes;
import io.gantry.api.oci.Platform;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Which entries of an index are followed: those for the platforms asked for, and if referrers are
 * wanted buildkit's attestations of these, which are entries of the same index.
 */
final class IndexChoice {
  /** Everything. */
  static final IndexChoice ALL = new IndexChoice(List.of(), ReferrerTypes.NONE);

  private final List<Platform> platforms;
  private final ReferrerTypes attestations;

  private IndexChoice(List<Platform> platforms, ReferrerTypes attestations) {
    this.platforms = platforms;
    this.attestations = attestations;
  }

  static IndexChoice of(ExportRequest request) {
    return request.platforms().isEmpty()
        ? ALL
        : new IndexChoice(request.platforms(), ReferrerTypes.of(request));
  }

  /** Returns the platforms asked for; none for all. */
  List<Platform> platforms() {
    return platforms;
  }

  /** Returns the entries to follow, in the order of the index. */
  List<Descriptor> of(ContentStore source, ImageDocument index) throws IOException {
    if (platforms.isEmpty()) {
      return index.children();
    }
    Set<String> matching =
        index.children().stream()
            .filter(entry -> !matching(entry).isEmpty())
            .map(entry -> entry.digest().toString())
            .collect(Collectors.toCollection(HashSet::new));
    List<Descriptor> chosen = new ArrayList<>();
    for (Descriptor entry : index.children()) {
      if (matching.contains(entry.digest().toString()) || attests(source, entry, matching)) {
        chosen.add(entry);
      }
    }
    return chosen;
  }

  private boolean attests(ContentStore source, Descriptor entry, Set<String> images)
      throws IOException {
    return images.contains(entry.annotations().getOrDefault(Annotations.ATTESTED_DIGEST, ""))
        && MediaTypes.isManifest(entry.mediaType())
        && attestations.include(ImageDocument.parse(entry, ManifestReader.read(source, entry)));
  }

  /**
   * Returns the platforms asked for that an entry is for. As with containerd, one that does not say
   * its platform is for any.
   */
  List<Platform> matching(Descriptor entry) {
    return entry
        .platform()
        .map(has -> platforms.stream().filter(wanted -> wanted.matches(has)).toList())
        .orElse(platforms);
  }
}
