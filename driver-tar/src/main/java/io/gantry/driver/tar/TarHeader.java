package io.gantry.driver.tar;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;

/**
 * The header blocks of one member, byte for byte those of Go's archive/tar: ustar, with a PAX
 * record before it only where a name or a size does not fit. commons-compress ends its numbers with
 * a space where Go writes NUL, so archives made with it could not equal containerd's.
 *
 * @see <a href="https://pubs.opengroup.org/onlinepubs/9699919799/utilities/pax.html">POSIX pax,
 *     ustar interchange format</a>
 */
final class TarHeader {
  static final int BLOCK = 512;

  private static final int NAME_LENGTH = 100;
  private static final long MAX_USTAR_SIZE = 0_77777777777L;
  private static final char REGULAR = '0';
  private static final char FOLDER = '5';
  private static final char PAX = 'x';

  private final byte[] block = new byte[BLOCK];

  private TarHeader() {}

  /** Returns the header of a folder; the name ends with a slash. */
  static byte[] folder(String name) {
    return member(name, 0755, 0, FOLDER);
  }

  /** Returns the header of a file, which {@code size} bytes and their padding follow. */
  static byte[] file(String name, int mode, long size) {
    return member(name, mode, size, REGULAR);
  }

  private static byte[] member(String name, int mode, long size, char type) {
    Map<String, String> records = new TreeMap<>();
    if (name.length() > NAME_LENGTH) {
      records.put("path", name);
    }
    if (size > MAX_USTAR_SIZE) {
      records.put("size", Long.toString(size));
    }
    byte[] header = ustar(name, mode, size > MAX_USTAR_SIZE ? 0 : size, type);
    return records.isEmpty() ? header : concat(pax(name, records), header);
  }

  private static byte[] ustar(String name, int mode, long size, char type) {
    TarHeader header = new TarHeader();
    header.text(0, NAME_LENGTH, name);
    header.octal(100, 8, mode);
    header.octal(108, 8, 0); // uid
    header.octal(116, 8, 0); // gid
    header.octal(124, 12, size);
    header.octal(136, 12, 0); // modification time
    header.block[156] = (byte) type;
    header.octal(329, 8, 0); // device, major
    header.octal(337, 8, 0); // device, minor
    return header.finish();
  }

  private static byte[] pax(String name, Map<String, String> records) {
    StringBuilder content = new StringBuilder();
    records.forEach((key, value) -> content.append(record(key, value)));
    int slash = name.lastIndexOf('/') + 1;
    TarHeader header = new TarHeader();
    header.text(0, NAME_LENGTH, name.substring(0, slash) + "PaxHeaders.0/" + name.substring(slash));
    header.octal(100, 8, 0);
    header.octal(108, 8, 0);
    header.octal(116, 8, 0);
    header.octal(124, 12, content.length());
    header.octal(136, 12, 0);
    header.block[156] = PAX;
    byte[] padded = new byte[content.length() + padding(content.length())];
    byte[] bytes = content.toString().getBytes(StandardCharsets.US_ASCII);
    System.arraycopy(bytes, 0, padded, 0, bytes.length);
    return concat(header.finish(), padded);
  }

  /** A record begins with its own length, which may itself add a digit. */
  private static String record(String key, String value) {
    int rest = key.length() + value.length() + 3;
    int length = rest + Integer.toString(rest).length();
    if (Integer.toString(length).length() > Integer.toString(rest).length()) {
      length++;
    }
    return length + " " + key + "=" + value + "\n";
  }

  private byte[] finish() {
    text(257, 6, "ustar");
    text(263, 2, "00");
    text(148, 8, "        ");
    int sum = 0;
    for (byte b : block) {
      sum += b & 0xff;
    }
    octal(148, 7, sum);
    return block;
  }

  private void text(int offset, int length, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
    System.arraycopy(bytes, 0, block, offset, Math.min(bytes.length, length));
  }

  /** Digits to the width of the field less one, then NUL. */
  private void octal(int offset, int width, long value) {
    String digits = Long.toOctalString(value);
    text(offset, width - 1, "0".repeat(width - 1 - digits.length()) + digits);
    block[offset + width - 1] = 0;
  }

  /** Returns how many zero bytes follow {@code size} bytes of content. */
  static int padding(long size) {
    return (int) (-size & (BLOCK - 1));
  }

  private static byte[] concat(byte[] first, byte[] second) {
    byte[] both = new byte[first.length + second.length];
    System.arraycopy(first, 0, both, 0, first.length);
    System.arraycopy(second, 0, both, first.length, second.length);
    return both;
  }
}
