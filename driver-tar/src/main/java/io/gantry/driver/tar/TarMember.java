package io.gantry.driver.tar;

/**
 * What the headers say of a member.
 *
 * @param name the normalised name, empty for the folder of the archive
 * @param kind what it is
 * @param size the length of its content in bytes
 * @param link where a link leads, as written
 */
record TarMember(String name, Kind kind, long size, String link) {
  /** What a member can be. */
  enum Kind {
    FILE("a file"),
    FOLDER("a folder"),
    SYMBOLIC_LINK("a symbolic link"),
    HARD_LINK("a hard link"),
    DEVICE("a device or a pipe"),
    OTHER("of a type that is not known");

    private final String text;

    Kind(String text) {
      this.text = text;
    }

    static Kind of(char type, String name) {
      return switch (type) {
        // v7 had no type for folders.
        case '0' -> name.endsWith("/") ? FOLDER : FILE;
        case '7' -> FILE;
        case '1' -> HARD_LINK;
        case '2' -> SYMBOLIC_LINK;
        case '3', '4', '6' -> DEVICE;
        // Of GNU's incremental archives; a list of the folder follows it.
        case '5', 'D' -> FOLDER;
        default -> OTHER;
      };
    }

    @Override
    public String toString() {
      return text;
    }
  }

  TarMember {
    if (size < 0) {
      throw new IllegalArgumentException("a member of " + size + " bytes");
    }
  }
}
