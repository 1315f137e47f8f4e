package io.gantry.driver.tar;

import io.gantry.api.GantryException;
import io.gantry.api.GantryException.Kind;
import io.gantry.api.oci.Digest;
import io.gantry.api.oci.LayoutHeader;
import java.io.IOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Where in an archive the members are that an image can be made of: the files of a layout, each
 * once and in its place; and, as Docker's archives name their files as they like, any others until
 * the archive is seen to be a layout.
 */
final class ArchiveMembers {
  static final String INDEX = "index.json";

  private static final String BLOBS = "blobs";

  /** A few hundred bytes of memory each. */
  private static final int MAX_BLOBS = 1_000_000;

  /** Docker's archives have a handful for each layer. */
  private static final int MAX_OTHERS = 100_000;

  /** Linux takes no longer path. */
  private static final int MAX_NAME = 4096;

  /** Of names and of where links lead, in characters. */
  private static final int MAX_NAMES = 32 * 1024 * 1024;

  private static final int MAX_LINKS_FOLLOWED = 10;

  private final Object archive;
  private final Map<String, Span> layout = new LinkedHashMap<>();
  private final Map<String, Span> others = new HashMap<>();
  private final Map<String, Optional<String>> links = new HashMap<>();
  private final Set<String> twice = new HashSet<>();
  private long names;
  private boolean tooMany;

  private ArchiveMembers(Object archive) {
    this.archive = archive;
  }

  /**
   * Finds the members of an archive; reads its headers from the first to the last.
   *
   * @param archive its name for messages
   */
  static ArchiveMembers of(TarInput input, Object archive) throws IOException {
    ArchiveMembers members = new ArchiveMembers(archive);
    TarReader reader = new TarReader(input, archive);
    for (Optional<TarMember> member = reader.next(); member.isPresent(); member = reader.next()) {
      members.add(member.get(), reader);
    }
    return members;
  }

  private void add(TarMember member, TarReader reader) throws IOException {
    String name = member.name();
    if (isOfLayout(name)) {
      addToLayout(member, reader);
    } else if (!isLayout() && !tooMany) {
      addOther(member, reader);
    }
    if (isLayout() || tooMany) {
      others.clear();
      links.clear();
      twice.clear();
    }
  }

  private void addToLayout(TarMember member, TarReader reader) throws IOException {
    String name = member.name();
    if (isBelowAFile(name)) {
      throw invalid(
          "member '%s' is below a file, where none can be; make the archive again"
              .formatted(MemberNames.shown(name)));
    }
    switch (member.kind()) {
      case FILE -> {
        if (!isFileOfLayout(name)) {
          return;
        }
        if (layout.size() == MAX_BLOBS) {
          throw invalid("has more than %d blobs; split it".formatted(MAX_BLOBS));
        }
        if (layout.put(name, reader.keep(member)) != null) {
          throw invalid(
              "member '%s' is there twice, and readers differ in which one they take; make the"
                      .formatted(name)
                  + " archive again");
        }
      }
      case FOLDER -> {
        if (isFileOfLayout(name)) {
          throw invalid(
              "member '%s' is a folder in the place of a file; make the archive again"
                  .formatted(name));
        }
      }
      default ->
          throw invalid(
              "member '%s' is %s; only regular files are read, make the archive without it"
                  .formatted(MemberNames.shown(name), member.kind()));
    }
  }

  private void addOther(TarMember member, TarReader reader) throws IOException {
    String name = member.name();
    if (name.length() > MAX_NAME) {
      // Nothing but a manifest.json could ask for it, and is told then.
      return;
    }
    boolean known = others.containsKey(name) || links.containsKey(name);
    switch (member.kind()) {
      case FILE -> {
        others.put(name, reader.keep(member));
        names += name.length();
      }
      case SYMBOLIC_LINK -> addLink(name, MemberNames.resolve(name, member.link()));
      // Named from the top of the archive.
      case HARD_LINK -> addLink(name, MemberNames.resolve("", member.link()));
      default -> known = false;
    }
    if (known) {
      twice.add(name);
    }
    tooMany = others.size() + links.size() > MAX_OTHERS || names > MAX_NAMES;
  }

  /** Of what is too long, as much is kept as shows it. */
  private void addLink(String name, Optional<String> target) {
    Optional<String> kept =
        target.map(to -> to.length() > MAX_NAME ? to.substring(0, MAX_NAME + 1) : to);
    links.put(name, kept);
    names += name.length() + kept.map(String::length).orElse(0);
  }

  private static boolean isOfLayout(String name) {
    return name.equals(INDEX)
        || name.equals(LayoutHeader.FILE_NAME)
        || name.equals(BLOBS)
        || name.startsWith(BLOBS + "/")
        || isBelowAFile(name);
  }

  /** Returns whether a file of a layout would have to be a folder for this one. */
  private static boolean isBelowAFile(String name) {
    if (name.startsWith(BLOBS + "/")) {
      String[] parts = name.split("/", 4);
      return parts.length == 4
          && digest(String.join("/", parts[0], parts[1], parts[2])).isPresent();
    }
    return name.startsWith(INDEX + "/") || name.startsWith(LayoutHeader.FILE_NAME + "/");
  }

  private static boolean isFileOfLayout(String name) {
    return name.equals(INDEX) || name.equals(LayoutHeader.FILE_NAME) || digest(name).isPresent();
  }

  /** Returns the digest of the blob that is to be at a place; nothing else than a blob has one. */
  private static Optional<Digest> digest(String name) {
    String[] parts = name.split("/", -1);
    if (parts.length != 3 || !parts[0].equals(BLOBS)) {
      return Optional.empty();
    }
    try {
      return Optional.of(Digest.parse(parts[1] + ":" + parts[2]));
    } catch (IllegalArgumentException unrelated) {
      return Optional.empty();
    }
  }

  /** Returns whether this is an OCI image layout rather than one of Docker's archives. */
  boolean isLayout() {
    return layout.containsKey(INDEX) || layout.containsKey(LayoutHeader.FILE_NAME);
  }

  /** Returns the blobs of the layout, in the order of the archive. */
  Map<Digest, Span> blobs() {
    Map<Digest, Span> blobs = new LinkedHashMap<>();
    layout.forEach((name, span) -> digest(name).ifPresent(digest -> blobs.put(digest, span)));
    return blobs;
  }

  /** Returns a file of the layout by its name. */
  Optional<Span> file(String name) {
    return Optional.ofNullable(layout.get(name));
  }

  /**
   * Returns a file of one of Docker's archives, also through links within the archive.
   *
   * @param path as written in the archive
   */
  Optional<Span> follow(String path) throws GantryException {
    if (tooMany) {
      throw invalid(
          "has more than %d files or %d characters of names and no index.json; it is no archive of"
                  .formatted(MAX_OTHERS, MAX_NAMES)
              + " images");
    }
    Optional<String> place;
    try {
      place = Optional.of(MemberNames.normalize(path));
    } catch (IllegalArgumentException e) {
      throw invalid(
          "file '%s': %s; make the archive again"
              .formatted(MemberNames.shown(path), e.getMessage()));
    }
    for (int i = 0; i < MAX_LINKS_FOLLOWED && place.isPresent(); i++) {
      String name = place.get();
      if (name.length() > MAX_NAME) {
        throw invalid(
            "member '%s' has a name of more than %d characters; make the archive again"
                .formatted(MemberNames.shown(name), MAX_NAME));
      }
      if (twice.contains(name)) {
        throw invalid(
            "member '%s' is there twice; make the archive again"
                .formatted(MemberNames.shown(name)));
      }
      Span span = others.containsKey(name) ? others.get(name) : layout.get(name);
      if (span != null) {
        return Optional.of(span);
      }
      Optional<String> target = links.get(name);
      if (target == null) {
        refuseLinkAbove(name);
        return Optional.empty();
      }
      place = target;
    }
    return Optional.empty();
  }

  /**
   * No tool is known to link folders, and those that unpack differ in what is below such a link.
   */
  private void refuseLinkAbove(String name) throws GantryException {
    for (int slash = name.indexOf('/'); slash >= 0; slash = name.indexOf('/', slash + 1)) {
      String folder = name.substring(0, slash);
      if (links.containsKey(folder)) {
        throw invalid(
            "file '%s' is named through the link '%s', and links to folders are not followed; make"
                    .formatted(MemberNames.shown(name), MemberNames.shown(folder))
                + " the archive again");
      }
    }
  }

  private GantryException invalid(String complaint) {
    return new GantryException(Kind.INVALID_IMAGE, archive + ": " + complaint);
  }
}
