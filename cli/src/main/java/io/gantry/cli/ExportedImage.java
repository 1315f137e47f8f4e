package io.gantry.cli;

import io.gantry.api.oci.Descriptor;
import io.gantry.api.oci.Digest;
import io.gantry.api.oci.EntryNames;
import io.gantry.api.oci.Index;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * An image with all the names that it is exported under.
 *
 * @param descriptor its manifest or index
 * @param names full names where they are known, tags otherwise
 */
record ExportedImage(Descriptor descriptor, List<String> names) {
  /** Copies the list. */
  ExportedImage {
    names = List.copyOf(names);
  }

  /** Returns the images of an index, each once, in its order. */
  static List<ExportedImage> of(Index index) {
    Map<Digest, Descriptor> images = new LinkedHashMap<>();
    Map<Digest, List<String>> names = new LinkedHashMap<>();
    for (Descriptor entry : index.manifests()) {
      images.putIfAbsent(entry.digest(), entry);
      List<String> known = names.computeIfAbsent(entry.digest(), digest -> new ArrayList<>());
      EntryNames.of(entry).ifPresent(known::add);
    }
    return images.values().stream()
        .map(image -> new ExportedImage(image, names.getOrDefault(image.digest(), List.of())))
        .toList();
  }
}
