package io.gantry.driver.tar;

import io.gantry.api.GantryException;
import io.gantry.api.GantryException.Kind;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.FileSystemException;

/** What a decompressor makes of content, with its complaints in words for people. */
final class DecompressedStream extends InputStream {
  private final Object name;
  private final InputStream in;

  /** Begins to decompress. */
  interface Decompressor {
    InputStream open() throws IOException;
  }

  DecompressedStream(Decompressor decompressor, Object name) throws IOException {
    this.name = name;
    in = decompressed(decompressor::open);
  }

  @Override
  public int read() throws IOException {
    return decompressed(in::read);
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    return decompressed(() -> in.read(bytes, offset, length));
  }

  private interface Step<T> {
    T run() throws IOException;
  }

  private <T> T decompressed(Step<T> step) throws IOException {
    try {
      return step.run();
    } catch (GantryException | FileSystemException | ClosedByInterruptException e) {
      // What is read from names its failures, and they are not about what was read.
      throw e;
    } catch (IOException | RuntimeException e) {
      // Of decompressors in pure Java, damaged content can lead to any of the latter.
      throw new GantryException(
          Kind.INVALID_IMAGE,
          "%s: the compressed content is damaged or cut short (%s); copy it again"
              .formatted(name, e.getMessage()),
          e);
    }
  }
}
