package io.gantry.driver.tar;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.regex.Pattern;

/** The names of members, brought to one form, so that two names of one place are seen to be one. */
final class MemberNames {
  private static final int MAX_SHOWN = 120;
  private static final Pattern CONTROLS = Pattern.compile("[\\p{Cntrl}\u0080-\u009f\u2028\u2029]");

  private MemberNames() {}

  /**
   * Returns a name without {@code ./} and needless slashes; empty for the folder of the archive.
   *
   * @throws IllegalArgumentException if the name is absolute or leads out of a folder
   */
  static String normalize(String name) {
    if (name.startsWith("/")) {
      throw new IllegalArgumentException("its name is absolute");
    }
    StringBuilder normalized = new StringBuilder(name.length());
    for (String part : name.split("/", -1)) {
      if (part.equals("..")) {
        throw new IllegalArgumentException("its name has '..' in it");
      }
      if (!part.isEmpty() && !part.equals(".")) {
        normalized.append(normalized.isEmpty() ? "" : "/").append(part);
      }
    }
    return normalized.toString();
  }

  /**
   * Returns where a symbolic link leads, within the archive.
   *
   * @param link the name of the link, normalised
   * @param target what it holds
   * @return the normalised name, or empty if it leads out of the archive
   */
  static Optional<String> resolve(String link, String target) {
    if (target.startsWith("/")) {
      return Optional.empty();
    }
    Deque<String> parts = new ArrayDeque<>();
    int slash = link.lastIndexOf('/');
    String path = slash < 0 ? target : link.substring(0, slash) + "/" + target;
    for (String part : path.split("/", -1)) {
      if (part.equals("..")) {
        if (parts.pollLast() == null) {
          return Optional.empty();
        }
      } else if (!part.isEmpty() && !part.equals(".")) {
        parts.addLast(part);
      }
    }
    return Optional.of(String.join("/", parts));
  }

  /** Returns a name for messages: it may be long, and of anything. */
  static String shown(String name) {
    String line = CONTROLS.matcher(name).replaceAll("?");
    return line.length() <= MAX_SHOWN ? line : line.substring(0, MAX_SHOWN) + "...";
  }
}
