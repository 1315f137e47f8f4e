package io.gantry.api.file;

import io.gantry.api.GantryException;
import io.gantry.api.GantryException.Kind;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;

/**
 * Opens files that somebody else laid down. Whoever can write to a layout could put a link to a
 * secret or a pipe that never ends in the place of a file, so nothing but a regular file is opened.
 */
public final class RegularFile {
  private RegularFile() {}

  /**
   * Opens a file for reading. The caller closes the channel.
   *
   * @throws java.nio.file.NoSuchFileException if there is nothing at {@code file}
   * @throws GantryException of kind {@code SOURCE_FAILED} if it is a link, a folder, a pipe or a
   *     device; it has not been opened then
   * @throws IOException if it cannot be read
   */
  public static FileChannel open(Path file) throws IOException {
    size(file);
    return FileChannel.open(file, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS);
  }

  /** Returns the size of a file in bytes, without opening it; refuses what {@link #open} does. */
  static long size(Path file) throws IOException {
    BasicFileAttributes attributes =
        Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    if (!attributes.isRegularFile()) {
      String what =
          attributes.isSymbolicLink()
              ? "a symbolic link"
              : attributes.isDirectory() ? "a folder" : "a pipe, socket or device";
      throw new GantryException(
          Kind.SOURCE_FAILED, "%s is %s; only regular files are read".formatted(file, what));
    }
    return attributes.size();
  }

  /**
   * Returns the content of a small file.
   *
   * @param limit the most bytes that it may have
   * @throws GantryException of kind {@code INVALID_IMAGE} if it is larger, and as {@link #open}
   * @throws IOException if it cannot be read
   */
  public static byte[] read(Path file, int limit) throws IOException {
    try (FileChannel channel = open(file);
        InputStream in = Channels.newInputStream(channel)) {
      if (channel.size() > limit) {
        throw new GantryException(
            Kind.INVALID_IMAGE, "%s is larger than %d bytes".formatted(file, limit));
      }
      return in.readNBytes(limit);
    }
  }
}
