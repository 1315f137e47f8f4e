package io.gantry.api.oci;

/** Text from outside as it may stand in a message: whole when short, else its beginning. */
final class Excerpt {
  private static final int LIMIT = 150;

  private Excerpt() {}

  static String of(String text) {
    return text.length() <= LIMIT ? text : text.substring(0, LIMIT) + "...";
  }
}
