package io.gantry.driver.tar;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The records of PAX headers that say what a member is called and how long it is; no other is kept,
 * so that an archive full of headers does not fill the memory.
 *
 * @see <a href="https://pubs.opengroup.org/onlinepubs/9699919799/utilities/pax.html">POSIX pax,
 *     extended header</a>
 */
final class PaxRecords {
  private static final String PATH = "path";
  private static final String LINK = "linkpath";
  private static final String SIZE = "size";
  private static final String SPARSE = "GNU.sparse.";

  private final Map<String, String> records = new HashMap<>();

  /**
   * Adds the records of one header to those of earlier ones.
   *
   * @throws IllegalArgumentException if they are not of the form {@code LENGTH KEY=VALUE\n}
   */
  void add(byte[] content) {
    int at = 0;
    while (at < content.length) {
      int end = at + length(content, at);
      int key = indexOf(' ', content, at, end) + 1;
      int equals = indexOf('=', content, key, end);
      if (content[end - 1] != '\n' || equals == end) {
        throw new IllegalArgumentException("a PAX record has no key, no value or no end");
      }
      add(text(content, key, equals), text(content, equals + 1, end - 1));
      at = end;
    }
  }

  private void add(String key, String value) {
    if (value.indexOf('\0') >= 0) {
      throw new IllegalArgumentException("a PAX record has a zero byte in its value");
    }
    if (key.equals(PATH) || key.equals(LINK) || key.equals(SIZE)) {
      records.put(key, value);
    } else if (key.startsWith(SPARSE)) {
      records.put(SPARSE, value);
    }
  }

  /** A record begins with its own length in bytes, in decimal, and a blank. */
  private static int length(byte[] content, int start) {
    long length = 0;
    for (int i = start; i < content.length && content[i] != ' '; i++) {
      if (content[i] < '0' || content[i] > '9') {
        throw new IllegalArgumentException("a PAX record does not begin with its length");
      }
      length = length * 10 + (content[i] - '0');
      if (length > content.length) {
        break;
      }
    }
    if (length < 5 || length > content.length - start) {
      throw new IllegalArgumentException("a PAX record is longer or shorter than it can be");
    }
    return (int) length;
  }

  private static int indexOf(char wanted, byte[] content, int start, int end) {
    int i = start;
    while (i < end && content[i] != wanted) {
      i++;
    }
    return i;
  }

  private static String text(byte[] content, int start, int end) {
    return new String(content, start, end - start, StandardCharsets.UTF_8);
  }

  Optional<String> path(PaxRecords global) {
    return value(PATH, global);
  }

  Optional<String> link(PaxRecords global) {
    return value(LINK, global);
  }

  Optional<String> size(PaxRecords global) {
    return value(SIZE, global);
  }

  boolean sparse(PaxRecords global) {
    return value(SPARSE, global).isPresent();
  }

  /** A record for one member goes before one for all that follow; an empty one takes it back. */
  private Optional<String> value(String key, PaxRecords global) {
    String value = records.containsKey(key) ? records.get(key) : global.records.get(key);
    return Optional.ofNullable(value).filter(text -> !text.isEmpty());
  }
}
