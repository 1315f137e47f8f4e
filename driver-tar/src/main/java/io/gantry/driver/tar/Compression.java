package io.gantry.driver.tar;

import io.gantry.api.GantryException;
import io.gantry.api.GantryException.Kind;
import java.io.IOException;
import java.io.InputStream;
import java.util.HexFormat;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** How content may be compressed, told by its first bytes. */
enum Compression {
  GZIP("1f8b"),
  /** A frame, or one that is to be skipped. */
  ZSTD("28b52ffd|5.2a4d18"),
  /** Docker reads this one and the next; here they are only known. */
  BZIP2("425a683[1-9]"),
  XZ("fd377a585a00"),
  /** Anything else. */
  NONE("");

  /** As many bytes as tell them all apart. */
  static final int MAGIC_BYTES = 6;

  private final Pattern magic;

  Compression(String magic) {
    this.magic = Pattern.compile(magic);
  }

  static Compression of(byte[] start) {
    String digits = HexFormat.of().formatHex(start);
    return Stream.of(values())
        .filter(one -> one.magic.matcher(digits).lookingAt())
        .findFirst()
        .orElse(NONE);
  }

  /**
   * Returns what was compressed.
   *
   * @param in what is compressed
   * @param name what it is called in messages
   */
  InputStream open(InputStream in, Object name) throws IOException {
    return switch (this) {
      case NONE -> in;
      case GZIP -> new DecompressedStream(() -> new GzipStream(in), name);
      case ZSTD -> new DecompressedStream(() -> ZstdStream.open(in, name), name);
      case BZIP2, XZ -> throw unread(name, "decompress it with '%s -d' first".formatted(this));
    };
  }

  /**
   * Returns the complaint about what is not decompressed here.
   *
   * @param name what is compressed
   * @param remedy what to do about it
   */
  GantryException unread(Object name, String remedy) {
    return new GantryException(
        Kind.INVALID_IMAGE,
        "%s is compressed with %s, and only gzip and zstd are read; %s"
            .formatted(name, this, remedy));
  }

  /** Returns the name of the command. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
