package io.gantry.cli;

/**
 * Makes text that comes from an image fit for a terminal. Names and annotations are chosen by
 * whoever made the image: they must not move the cursor, forge a line or turn the direction of the
 * text around.
 */
final class TerminalText {
  private static final int MAX_LENGTH = 1000;
  private static final int HEAD = 700;
  private static final String CUT = " ... ";

  private TerminalText() {}

  /** Returns {@code text} with everything but visible characters and blanks escaped. */
  static String escape(String text) {
    StringBuilder escaped = new StringBuilder(text.length());
    text.codePoints()
        .forEach(
            c -> {
              if (isPlain(c)) {
                escaped.appendCodePoint(c);
              } else {
                escaped.append(c <= 0xff ? "\\x%02x".formatted(c) : "\\u{%x}".formatted(c));
              }
            });
    return escaped.toString();
  }

  private static boolean isPlain(int c) {
    return switch (Character.getType(c)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR,
          Character.PRIVATE_USE,
          Character.SURROGATE,
          Character.UNASSIGNED ->
          false;
      default -> true;
    };
  }

  /** Returns a line that people can read: the middle of a very long one is left out. */
  static String shorten(String line) {
    if (line.length() <= MAX_LENGTH) {
      return line;
    }
    // What is wrong stands at the beginning, what to do about it at the end.
    int tail = MAX_LENGTH - HEAD - CUT.length();
    return line.substring(0, boundary(line, HEAD))
        + CUT
        + line.substring(boundary(line, line.length() - tail));
  }

  private static int boundary(String line, int index) {
    return Character.isLowSurrogate(line.charAt(index)) ? index + 1 : index;
  }
}
