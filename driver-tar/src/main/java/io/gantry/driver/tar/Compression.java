package io.gantry.driver.tar;

import java.io.IOException;
import java.io.InputStream;
import java.util.HexFormat;
import java.util.stream.Stream;

/** How content may be compressed, told by its first bytes. */
enum Compression {
  GZIP("1f8b"),
  ZSTD("28b52ffd"),
  /** Anything else. */
  NONE("");

  /** As many bytes as tell them all apart. */
  static final int MAGIC_BYTES = 4;

  private final String magic;

  Compression(String magic) {
    this.magic = magic;
  }

  static Compression of(byte[] start) {
    String digits = HexFormat.of().formatHex(start);
    return Stream.of(values()).filter(one -> digits.startsWith(one.magic)).findFirst().orElse(NONE);
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
      case ZSTD -> new DecompressedStream(() -> ZstdStream.open(in), name);
    };
  }
}
