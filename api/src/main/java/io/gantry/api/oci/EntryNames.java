package io.gantry.api.oci;

import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** What the entries of an {@code index.json} are called, and which of them a name means. */
public final class EntryNames {
  private static final int MAX_SHOWN = 10;

  private EntryNames() {}

  /** Returns the full name of an entry where it is known, its tag otherwise. */
  public static Optional<String> of(Descriptor entry) {
    return Optional.ofNullable(entry.annotations().get(Annotations.IMAGE_NAME))
        .or(() -> Optional.ofNullable(entry.annotations().get(Annotations.REF_NAME)))
        .filter(name -> !name.isEmpty());
  }

  /**
   * Returns the entries that a name means: those of the full name, else those of the tag, else
   * those of tools that write a full name where others write the tag.
   *
   * @param name a full name in any form that people write, or a tag
   */
  public static List<Descriptor> find(List<Descriptor> entries, String name) {
    String fullName = normalized(name);
    List<Descriptor> found =
        filter(
            entries,
            entry -> {
              String full = entry.annotations().get(Annotations.IMAGE_NAME);
              return name.equals(full) || fullName.equals(full);
            });
    if (found.isEmpty()) {
      found = filter(entries, entry -> name.equals(entry.annotations().get(Annotations.REF_NAME)));
    }
    if (found.isEmpty()) {
      found =
          filter(
              entries,
              entry ->
                  of(entry)
                      .filter(ImageName::isFullName)
                      .filter(full -> means(name, fullName, full))
                      .isPresent());
    }
    return found;
  }

  /** Returns whether a full name is the one that was asked for, or has the tag that was. */
  private static boolean means(String name, String fullName, String full) {
    try {
      ImageName parsed = ImageName.parse(full);
      return parsed.toString().equals(fullName) || parsed.tag().filter(name::equals).isPresent();
    } catch (IllegalArgumentException noName) {
      return false;
    }
  }

  private static List<Descriptor> filter(List<Descriptor> entries, Predicate<Descriptor> wanted) {
    return entries.stream().filter(wanted).toList();
  }

  private static String normalized(String name) {
    try {
      return ImageName.parse(name).toString();
    } catch (IllegalArgumentException onlyATag) {
      return name;
    }
  }

  /** Returns the names of entries for a message, digests for those that have none. */
  public static String list(List<Descriptor> entries) {
    if (entries.isEmpty()) {
      return "none";
    }
    String shown =
        entries.stream()
            .limit(MAX_SHOWN)
            .map(entry -> of(entry).orElse("@" + entry.digest()))
            .distinct()
            .collect(Collectors.joining(", "));
    int more = entries.size() - MAX_SHOWN;
    return more > 0 ? shown + " and " + more + " more" : shown;
  }
}
