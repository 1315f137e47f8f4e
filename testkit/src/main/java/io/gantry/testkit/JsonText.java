package io.gantry.testkit;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * JSON as the kit writes it: by hand, so that images are parsed by other code than that which wrote
 * them.
 */
final class JsonText {
  private JsonText() {}

  static String object(List<String> members) {
    return "{" + String.join(",", members) + "}";
  }

  static String array(List<String> elements) {
    return "[" + String.join(",", elements) + "]";
  }

  static String member(String name, String json) {
    return quote(name) + ":" + json;
  }

  static String texts(Map<String, String> members) {
    return members.entrySet().stream()
        .map(entry -> member(entry.getKey(), quote(entry.getValue())))
        .collect(Collectors.joining(",", "{", "}"));
  }

  static String quote(String text) {
    if (text.chars().allMatch(c -> c >= ' ' && c != '"' && c != '\\')) {
      return '"' + text + '"';
    }
    StringBuilder quoted = new StringBuilder("\"");
    text.chars()
        .forEach(
            c -> {
              if (c == '"' || c == '\\') {
                quoted.append('\\').append((char) c);
              } else if (c < ' ') {
                quoted.append("\\u%04x".formatted(c));
              } else {
                quoted.append((char) c);
              }
            });
    return quoted.append('"').toString();
  }
}
