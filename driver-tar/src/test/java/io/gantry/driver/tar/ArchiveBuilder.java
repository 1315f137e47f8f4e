package io.gantry.driver.tar;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;

/** Archives made by hand, block by block, so that they can be as wrong as they like. */
final class ArchiveBuilder {
  private static final int BLOCK = 512;

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

  /** Returns an archive of these files, which goes on. */
  static ArchiveBuilder of(Map<String, byte[]> files) {
    ArchiveBuilder archive = new ArchiveBuilder();
    files.forEach(archive::file);
    return archive;
  }

  ArchiveBuilder file(String name, byte[] content) {
    return member('0', name, content);
  }

  ArchiveBuilder link(char type, String name, String target) {
    return raw(new Header(type, name).text(157, target).size(0).toBytes());
  }

  ArchiveBuilder member(char type, String name, byte[] content) {
    return raw(new Header(type, name).size(content.length).toBytes()).content(content);
  }

  /** Adds a header of extended records. */
  ArchiveBuilder pax(char type, String... records) {
    StringBuilder content = new StringBuilder();
    for (String record : records) {
      int rest = record.getBytes(UTF_8).length + 2;
      int length = rest + Integer.toString(rest).length();
      if (Integer.toString(length).length() > Integer.toString(rest).length()) {
        length++;
      }
      content.append(length).append(' ').append(record).append('\n');
    }
    return member(type, "PaxHeaders/x", content.toString().getBytes(UTF_8));
  }

  /** Adds content and its padding. */
  ArchiveBuilder content(byte[] content) {
    return raw(Arrays.copyOf(content, (content.length + BLOCK - 1) / BLOCK * BLOCK));
  }

  ArchiveBuilder raw(byte[] more) {
    bytes.writeBytes(more);
    return this;
  }

  /** Returns the archive without an end. */
  byte[] toBytes() {
    return bytes.toByteArray();
  }

  /** Writes the archive with its end. */
  Path write(Path file) throws IOException {
    raw(new byte[2 * BLOCK]);
    return Files.write(file, toBytes());
  }

  /** One header block; the checksum is right unless it is spoiled afterwards. */
  static final class Header {
    private final byte[] block = new byte[BLOCK];

    Header(char type, String name) {
      text(0, name).text(100, "0000644").text(108, "0000000").text(116, "0000000");
      text(136, "00000000000").text(257, "ustar").text(263, "00");
      block[156] = (byte) type;
    }

    Header text(int offset, String text) {
      byte[] field = text.getBytes(ISO_8859_1);
      System.arraycopy(field, 0, block, offset, field.length);
      return this;
    }

    Header bytes(int offset, int... values) {
      for (int i = 0; i < values.length; i++) {
        block[offset + i] = (byte) values[i];
      }
      return this;
    }

    Header size(long size) {
      return text(124, "%011o".formatted(size));
    }

    byte[] toBytes() {
      text(148, "        ");
      int sum = 0;
      for (byte b : block) {
        sum += b & 0xff;
      }
      text(148, "%06o\0 ".formatted(sum));
      return block;
    }
  }
}
