package io.gantry.driver.tar;

import io.gantry.api.GantryException;
import io.gantry.api.GantryException.Kind;
import io.gantry.api.content.ContentStore;
import java.io.Closeable;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Opens archives: in place where they can be read anywhere, else by keeping what will be needed of
 * them in a file of our own.
 */
final class ArchiveOpener {
  /** Tools fill up their last record, of 10 KiB or what they are told; a bomb of zeros has more. */
  private static final int MAX_PADDING = 16 * 1024 * 1024;

  private final Path spoolFolder;

  /**
   * Makes an opener.
   *
   * @param spoolFolder where to keep what can be read only once
   */
  ArchiveOpener(Path spoolFolder) {
    this.spoolFolder = spoolFolder;
  }

  /** Opens what the process was given; a file there is read in place as well. */
  @SuppressWarnings("resource") // standard input belongs to the process
  ContentStore openStandardInput() throws IOException {
    FileChannel channel = new FileInputStream(FileDescriptor.in).getChannel();
    return open(channel, "standard input", () -> {});
  }

  /** Opens a file or a named pipe. */
  ContentStore open(Path file) throws IOException {
    if (Files.isDirectory(file)) {
      throw new GantryException(
          Kind.NOT_FOUND, "%s is a folder and no archive; for a layout write dir:".formatted(file));
    }
    FileChannel channel;
    try {
      channel = FileChannel.open(file, StandardOpenOption.READ);
    } catch (NoSuchFileException e) {
      throw new GantryException(Kind.NOT_FOUND, file + ": no such file", e);
    }
    try {
      return open(channel, file, channel);
    } catch (Throwable e) {
      channel.close();
      throw e;
    }
  }

  /**
   * Opens the archive that a channel gives.
   *
   * @param owned what to close with the store, or before it if the channel is not needed any more
   */
  private ContentStore open(FileChannel channel, Object name, Closeable owned) throws IOException {
    boolean seekable = isSeekable(channel);
    ChannelStream stream = new ChannelStream(channel, name);
    Compression compression = Compression.of(stream.peek(Compression.MAGIC_BYTES));
    if (seekable && compression == Compression.NONE) {
      ArchiveContent content = new ArchiveContent(channel, name, owned);
      return open(content, new SeekableInput(content, channel.size()));
    }
    try (owned) {
      FileChannel spool = SpoolFile.create(spoolFolder);
      try {
        InputStream in = compression.open(stream, name);
        ArchiveContent content = new ArchiveContent(spool, name, spool);
        ArchiveMembers members = ArchiveMembers.of(new StreamInput(in, spool), content);
        if (compression != Compression.NONE) {
          // The checksum of what is compressed stands behind it.
          passPadding(in, name);
        }
        ContentStore store = open(content, members);
        if (!seekable) {
          stream.drain();
        }
        return store;
      } catch (Throwable e) {
        spool.close();
        throw e;
      }
    }
  }

  /** Reads what follows the end of an archive; keeps nothing of it. */
  private static void passPadding(InputStream in, Object name) throws IOException {
    byte[] buffer = new byte[64 * 1024];
    long total = 0;
    for (int count; (count = in.read(buffer)) >= 0; ) {
      total += count;
      for (int i = 0; i < count; i++) {
        if (buffer[i] != 0) {
          throw new GantryException(
              Kind.INVALID_IMAGE,
              name + ": something follows the end of the archive; make the archive again");
        }
      }
      if (total > MAX_PADDING) {
        throw new GantryException(
            Kind.INVALID_IMAGE,
            "%s: more than %d zeros follow the end of the archive; make the archive again"
                .formatted(name, MAX_PADDING));
      }
    }
  }

  /** A pipe has no position, and no file that is read from somewhere in it is a whole archive. */
  private static boolean isSeekable(FileChannel channel) {
    try {
      return channel.size() > 0 && channel.position() == 0;
    } catch (IOException pipe) {
      return false;
    }
  }

  private static ContentStore open(ArchiveContent content, TarInput input) throws IOException {
    return open(content, ArchiveMembers.of(input, content));
  }

  private static ContentStore open(ArchiveContent content, ArchiveMembers members)
      throws IOException {
    return members.isLayout()
        ? LayoutArchive.open(content, members)
        : DockerArchive.open(content, members);
  }
}
