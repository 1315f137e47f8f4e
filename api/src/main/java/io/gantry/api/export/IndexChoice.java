package io.gantry.api.export;

import io.gantry.api.GantryException;
import io.gantry.api.GantryException.Kind;
import io.gantry.api.content.ContentStore;
import io.gantry.api.content.ManifestReader;
import io.gantry.api.oci.Annotations;
import io.gantry.api.oci.Descriptor;
import io.gantry.api.oci.Digest;
import io.gantry.api.oci.ImageDocument;
import io.gantry.api.oci.MediaTypes;
import io.gantry.api.oci.Platform;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Which entries of an index are followed: those for the platforms asked for, and if referrers are
 * wanted buildkit's attestations of these, which are entries of the same index.
 */
final class IndexChoice {
  /** Everything. */
  static final IndexChoice ALL = new IndexChoice(List.of(), ReferrerTypes.NONE);

  private final List<Platform> platforms;
  private final ReferrerTypes attestations;

  /** An index may list one manifest ten thousand times. */
  private final Map<Descriptor, Boolean> wanted = new HashMap<>();

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

  /**
   * An entry to follow.
   *
   * @param blob without what nobody needs
   * @param attested the entry of the same index that it is about
   */
  record Entry(Descriptor blob, Optional<Digest> attested) {}

  /**
   * Returns the entries to follow: the images in the order of the index, then their attestations.
   */
  List<Entry> of(ContentStore source, ImageDocument index) throws IOException {
    Map<String, Digest> matching = new HashMap<>();
    for (Descriptor entry : index.children()) {
      if (platforms.isEmpty() || !matching(entry).isEmpty()) {
        matching.put(entry.digest().toString(), entry.digest());
      }
    }
    List<Entry> images = new ArrayList<>();
    List<Entry> others = new ArrayList<>();
    for (Descriptor entry : index.children()) {
      Optional<Digest> attested =
          Optional.ofNullable(
              matching.get(entry.annotations().getOrDefault(Annotations.ATTESTED_DIGEST, "")));
      if (attested.isPresent() && !attested.get().equals(entry.digest())) {
        if (matching.containsKey(entry.digest().toString()) || isWanted(source, entry)) {
          others.add(new Entry(entry.bare(), attested));
        }
      } else if (matching.containsKey(entry.digest().toString())) {
        images.add(new Entry(entry.bare(), Optional.empty()));
      }
    }
    images.addAll(others);
    return images;
  }

  private boolean isWanted(ContentStore source, Descriptor attestation) throws IOException {
    if (!MediaTypes.isManifest(attestation.mediaType()) || attestations.wanted().isEmpty()) {
      return false;
    }
    Boolean known = wanted.get(attestation.bare());
    if (known == null) {
      try {
        known =
            attestations.include(
                attestation,
                ImageDocument.parse(attestation, ManifestReader.read(source, attestation)));
      } catch (GantryException e) {
        if (e.kind() != Kind.NOT_FOUND) {
          throw e;
        }
        // The walk finds that out again, and says where it is missing.
        known = true;
      }
      wanted.put(attestation.bare(), known);
    }
    return known;
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
