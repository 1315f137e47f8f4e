package io.gantry.api.layout;

import io.gantry.api.GantryException;
import io.gantry.api.GantryException.Kind;
import io.gantry.api.oci.Descriptor;
import io.gantry.api.oci.Digest;
import io.gantry.api.oci.EntryNames;
import io.gantry.api.oci.Index;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * Which entries of an index to take out of it.
 *
 * @param names full names or tags, as an export understands them
 * @param digests those of entries that have no name, or one that several images have
 */
public record Removal(List<String> names, List<Digest> digests) {
  private static final int MAX_SHOWN = 10;

  /** Copies the lists. */
  public Removal {
    names = List.copyOf(names);
    digests = List.copyOf(digests);
  }

  /**
   * Finds the entries.
   *
   * @return them in the order of the index
   * @throws GantryException of kind {@code NOT_FOUND} if a name or digest has no entry, {@code
   *     INVALID_ARGUMENT} if a name is that of several images, or a digest that of entries with a
   *     name of their own
   */
  public List<Descriptor> entriesOf(Index index) throws GantryException {
    Set<Descriptor> chosen = new LinkedHashSet<>();
    for (String name : names) {
      chosen.addAll(named(index.manifests(), name));
    }
    for (Digest digest : digests) {
      chosen.addAll(nameless(index.manifests(), digest));
    }
    return filter(index.manifests(), chosen::contains);
  }

  private static List<Descriptor> named(List<Descriptor> entries, String name)
      throws GantryException {
    List<Descriptor> found = EntryNames.find(entries, name);
    if (found.isEmpty()) {
      throw new GantryException(
          Kind.NOT_FOUND,
          "no image '%s' in the index; it has %s".formatted(name, EntryNames.list(entries)));
    }
    if (found.stream().map(EntryNames::of).distinct().count() > 1) {
      throw new GantryException(
          Kind.INVALID_ARGUMENT,
          "'%s' is the tag of several images; choose one by its full name: %s"
              .formatted(name, EntryNames.list(found)));
    }
    if (isOfSeveral(found)) {
      throw new GantryException(
          Kind.INVALID_ARGUMENT,
          "'%s' is the name of several images; choose one by its digest: %s"
              .formatted(
                  name,
                  found.stream()
                      .limit(MAX_SHOWN)
                      .map(entry -> "@" + entry.digest())
                      .collect(Collectors.joining(", "))));
    }
    return found;
  }

  private static boolean isOfSeveral(List<Descriptor> entries) {
    return entries.stream().map(Descriptor::digest).distinct().count() > 1;
  }

  private static List<Descriptor> nameless(List<Descriptor> entries, Digest digest)
      throws GantryException {
    List<Descriptor> found = filter(entries, entry -> entry.digest().equals(digest));
    if (found.isEmpty()) {
      throw new GantryException(
          Kind.NOT_FOUND,
          "no image %s in the index; it has %s".formatted(digest, EntryNames.list(entries)));
    }
    List<Descriptor> nameless =
        filter(
            found,
            entry ->
                EntryNames.of(entry)
                    .map(name -> isOfSeveral(EntryNames.find(entries, name)))
                    .orElse(true));
    if (nameless.isEmpty()) {
      throw new GantryException(
          Kind.INVALID_ARGUMENT,
          "image %s has a name; remove it by that: %s".formatted(digest, EntryNames.list(found)));
    }
    return nameless;
  }

  private static List<Descriptor> filter(List<Descriptor> entries, Predicate<Descriptor> wanted) {
    return entries.stream().filter(wanted).toList();
  }
}
