package io.gantry.driver.tar;

import java.nio.charset.StandardCharsets;
import java.util.OptionalLong;

/**
 * One header block as it was read: fields of text and of numbers at fixed places, in the forms of
 * v7, ustar, GNU and star.
 *
 * @see TarHeader what is written
 */
final class HeaderBlock {
  private static final int NAME = 0;
  private static final int NAME_LENGTH = 100;
  private static final int SIZE = 124;
  private static final int NUMBER_LENGTH = 12;
  private static final int CHECKSUM = 148;
  private static final int CHECKSUM_LENGTH = 8;
  private static final int TYPE = 156;
  private static final int LINK = 157;
  private static final int MAGIC = 257;
  private static final int MAGIC_LENGTH = 6;
  private static final int PREFIX = 345;
  private static final int PREFIX_LENGTH = 155;

  /** star keeps times behind a shorter prefix, and signs at the end of the block. */
  private static final int STAR_PREFIX_LENGTH = 131;

  private static final int STAR_MAGIC = 508;

  private final byte[] block;

  HeaderBlock(byte[] block) {
    this.block = block;
  }

  /** Returns whether this is the block of zeros that ends an archive. */
  boolean isEnd() {
    for (byte b : block) {
      if (b != 0) {
        return false;
      }
    }
    return true;
  }

  /** Returns whether the checksum is right; old writers summed up signed bytes. */
  boolean isIntact() {
    long unsigned = 0;
    long signed = 0;
    for (int i = 0; i < block.length; i++) {
      byte b = i >= CHECKSUM && i < CHECKSUM + CHECKSUM_LENGTH ? (byte) ' ' : block[i];
      unsigned += b & 0xff;
      signed += b;
    }
    OptionalLong stated = octal(CHECKSUM, CHECKSUM_LENGTH);
    return stated.isPresent() && (stated.getAsLong() == unsigned || stated.getAsLong() == signed);
  }

  /** Returns the type of the member; NUL, which v7 wrote for files, is {@code '0'}. */
  char type() {
    byte type = block[TYPE];
    return type == 0 ? '0' : (char) (type & 0xff);
  }

  String name() {
    String name = text(NAME, NAME_LENGTH);
    // GNU keeps times where ustar has a prefix, and tells itself apart by blanks after the magic.
    if (!text(MAGIC, MAGIC_LENGTH).equals("ustar")) {
      return name;
    }
    boolean star = text(STAR_MAGIC, 4).equals("tar");
    String prefix = text(PREFIX, star ? STAR_PREFIX_LENGTH : PREFIX_LENGTH);
    return prefix.isEmpty() ? name : prefix + "/" + name;
  }

  String link() {
    return text(LINK, NAME_LENGTH);
  }

  /** Returns the size in bytes, empty if it is no number, negative or beyond what a long holds. */
  OptionalLong size() {
    return (block[SIZE] & 0x80) == 0 ? octal(SIZE, NUMBER_LENGTH) : binary();
  }

  /** The first bit says that the rest is a number in two's complement, the highest byte first. */
  private OptionalLong binary() {
    if ((block[SIZE] & 0x7f) != 0) {
      return OptionalLong.empty();
    }
    long value = 0;
    for (int i = SIZE + 1; i < SIZE + NUMBER_LENGTH; i++) {
      if (value > Long.MAX_VALUE >> 8) {
        return OptionalLong.empty();
      }
      value = value << 8 | (block[i] & 0xff);
    }
    return OptionalLong.of(value);
  }

  /** Digits with blanks before, and blanks or NUL behind; nothing at all is zero. */
  private OptionalLong octal(int offset, int length) {
    int end = offset + length;
    int i = offset;
    while (i < end && block[i] == ' ') {
      i++;
    }
    long value = 0;
    for (; i < end && block[i] >= '0' && block[i] <= '7'; i++) {
      value = value * 8 + (block[i] - '0');
    }
    for (; i < end; i++) {
      if (block[i] != ' ' && block[i] != 0) {
        return OptionalLong.empty();
      }
    }
    return OptionalLong.of(value);
  }

  private String text(int offset, int length) {
    int end = offset;
    while (end < offset + length && block[end] != 0) {
      end++;
    }
    return new String(block, offset, end - offset, StandardCharsets.UTF_8);
  }
}
