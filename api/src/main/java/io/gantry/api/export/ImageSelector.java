package io.gantry.api.export;

import io.gantry.api.GantryException;
import io.gantry.api.GantryException.Kind;
import io.gantry.api.content.ContentStore;
import io.gantry.api.oci.Descriptor;
import io.gantry.api.oci.Digest;
import io.gantry.api.oci.EntryNames;
import io.gantry.api.oci.ImageName;
import io.gantry.api.oci.Platform;
import java.io.IOException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** Chooses the images of a source that a request is for, and gives them their new names. */
final class ImageSelector {
  private static final int MAX_NAMES_SHOWN = 10;

  private ImageSelector() {}

  static List<Descriptor> select(ContentStore source, ExportRequest request) throws IOException {
    List<Descriptor> offered = source.roots();
    Set<Descriptor> selected = new LinkedHashSet<>();
    if (request.selections().isEmpty()) {
      selected.addAll(onPlatforms(offered, request));
    }
    for (Selection selection : request.selections()) {
      selected.addAll(chosen(source, offered, selection, request));
    }
    if (selected.isEmpty()) {
      throw new GantryException(
          Kind.NOT_FOUND,
          "the source offers no image by name; add @ and the digest of a manifest to it");
    }
    List<Descriptor> images = List.copyOf(selected);
    return request.targetNames().isEmpty() ? images : named(images, request.targetNames());
  }

  private static List<Descriptor> chosen(
      ContentStore source, List<Descriptor> offered, Selection selection, ExportRequest request)
      throws IOException {
    if (selection instanceof Selection.ByName one) {
      return byName(onPlatforms(offered, request), one.name());
    }
    List<Descriptor> entries =
        selection instanceof Selection.ByDigest one
            ? byDigest(source, offered, one.digest())
            : List.of(at(offered, ((Selection.ByPosition) selection).position()));
    return onPlatforms(entries, request);
  }

  private static Descriptor at(List<Descriptor> offered, int position) throws GantryException {
    if (position >= offered.size()) {
      throw new GantryException(
          Kind.NOT_FOUND,
          "no image @%d in the source; it has %d, counted from 0"
              .formatted(position, offered.size()));
    }
    return offered.get(position);
  }

  /** An entry that says its platform is one of an index, and index.json is an index. */
  private static List<Descriptor> onPlatforms(List<Descriptor> entries, ExportRequest request)
      throws GantryException {
    List<Platform> wanted = request.platforms();
    List<Descriptor> matching =
        wanted.isEmpty()
            ? entries
            : filter(
                entries,
                entry ->
                    entry
                        .platform()
                        .map(has -> wanted.stream().anyMatch(one -> one.matches(has)))
                        .orElse(true));
    if (matching.isEmpty() && !entries.isEmpty()) {
      throw new GantryException(
          Kind.NOT_FOUND,
          "no image for the platform %s in the source; it has %s"
              .formatted(
                  wanted.stream().map(Platform::toString).collect(Collectors.joining(" or ")),
                  entries.stream()
                      .flatMap(entry -> entry.platform().stream())
                      .map(Platform::toString)
                      .distinct()
                      .limit(MAX_NAMES_SHOWN)
                      .collect(Collectors.joining(", "))));
    }
    return matching;
  }

  private static List<Descriptor> byDigest(
      ContentStore source, List<Descriptor> offered, Digest digest) throws IOException {
    List<Descriptor> entries = filter(offered, entry -> entry.digest().equals(digest));
    return entries.isEmpty() ? List.of(source.resolve(digest)) : entries;
  }

  private static List<Descriptor> byName(List<Descriptor> offered, String name)
      throws GantryException {
    List<Descriptor> entries = EntryNames.find(offered, name);
    if (entries.isEmpty() && offered.size() == 1 && EntryNames.of(offered.get(0)).isEmpty()) {
      entries = offered;
    }
    if (entries.isEmpty()) {
      throw new GantryException(
          Kind.NOT_FOUND,
          "no image '%s' in the source; it has %s".formatted(name, EntryNames.list(offered)));
    }
    if (entries.stream().map(Descriptor::digest).distinct().count() > 1) {
      throw new GantryException(
          Kind.INVALID_ARGUMENT,
          "'%s' is the name of several images; choose one by its digest: %s"
              .formatted(
                  name,
                  entries.stream()
                      .map(entry -> EntryNames.of(entry).orElse("") + "@" + entry.digest())
                      .distinct()
                      .limit(MAX_NAMES_SHOWN)
                      .collect(Collectors.joining(", "))));
    }
    return entries;
  }

  private static List<Descriptor> named(List<Descriptor> selected, List<String> names)
      throws GantryException {
    Descriptor image = selected.get(0);
    if (selected.stream().anyMatch(other -> !other.digest().equals(image.digest()))) {
      throw new GantryException(
          Kind.INVALID_ARGUMENT,
          "a name can be given to one image only, and the source has %s; select one"
              .formatted(EntryNames.list(selected)));
    }
    try {
      return new LinkedHashSet<>(names)
          .stream().map(name -> ImageName.annotate(image, name)).distinct().toList();
    } catch (IllegalArgumentException e) {
      throw new GantryException(Kind.INVALID_ARGUMENT, String.valueOf(e.getMessage()), e);
    }
  }

  private static List<Descriptor> filter(List<Descriptor> entries, Predicate<Descriptor> wanted) {
    return entries.stream().filter(wanted).toList();
  }
}
