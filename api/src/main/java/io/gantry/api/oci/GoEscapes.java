package io.gantry.api.oci;

import org.jspecify.annotations.Nullable;
import tools.jackson.core.SerializableString;
import tools.jackson.core.io.CharacterEscapes;
import tools.jackson.core.io.SerializedString;

/**
 * The escapes of Go's encoding/json, which also hides the characters that HTML and JavaScript would
 * read: without them an {@code index.json} with such a character would differ from containerd's.
 */
final class GoEscapes extends CharacterEscapes {
  private static final long serialVersionUID = 1;

  private static final int[] ASCII = asciiEscapes();

  private static int[] asciiEscapes() {
    int[] escapes = CharacterEscapes.standardAsciiEscapesForJSON();
    escapes['<'] = ESCAPE_CUSTOM;
    escapes['>'] = ESCAPE_CUSTOM;
    escapes['&'] = ESCAPE_CUSTOM;
    return escapes;
  }

  @Override
  public int[] getEscapeCodesForAscii() {
    return ASCII;
  }

  @Override
  public @Nullable SerializableString getEscapeSequence(int character) {
    return switch (character) {
      case '<', '>', '&', '\u2028', '\u2029' ->
          new SerializedString("\\u%04x".formatted(character));
      default -> null;
    };
  }
}
