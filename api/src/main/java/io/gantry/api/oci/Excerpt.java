package io.gantry.api.oci;

/** Text from outside as it may stand in a message: one line, whole when short. */
final class Excerpt {
  private static final int LIMIT = 150;

  private Excerpt() {}

  static String of(String text) {
    String head = text.length() <= LIMIT ? text : text.substring(0, LIMIT);
    StringBuilder line = new StringBuilder(head.length());
    for (int i = 0; i < head.length(); i++) {
      char c = head.charAt(i);
      if (Character.isISOControl(c) || c == '\u2028' || c == '\u2029') {
        line.append("\\u%04x".formatted((int) c));
      } else {
        line.append(c);
      }
    }
    return head.length() == text.length() ? line.toString() : line + "...";
  }
}
