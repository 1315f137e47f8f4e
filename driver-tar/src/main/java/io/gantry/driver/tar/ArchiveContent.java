package io.gantry.driver.tar;

import io.gantry.api.GantryException;
import io.gantry.api.GantryException.Kind;
import io.gantry.api.file.FileFailure;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;

/**
 * The bytes that members are read from, by position and by any number of threads: the archive
 * itself, or what was kept of it. One channel serves all, so that an archive which is replaced in
 * the meantime is read to its end as it was.
 */
final class ArchiveContent implements Closeable {
  private final FileChannel channel;
  private final Object name;
  private final Closeable owned;
  private volatile boolean closed;

  /**
   * Makes the view of a channel.
   *
   * @param name what the archive is called in messages
   * @param owned what is closed with it
   */
  ArchiveContent(FileChannel channel, Object name, Closeable owned) {
    this.channel = channel;
    this.name = name;
    this.owned = owned;
  }

  /** Reads as {@link FileChannel#read(ByteBuffer, long)} does. */
  int read(ByteBuffer dst, long position) throws IOException {
    if (closed) {
      throw new ClosedChannelException();
    }
    try {
      return channel.read(dst, position);
    } catch (ClosedChannelException e) {
      if (closed || e instanceof ClosedByInterruptException) {
        throw e;
      }
      // The interrupt of another thread has closed the channel under this one's hands.
      IOException interrupted = new ClosedByInterruptException();
      interrupted.initCause(e);
      throw interrupted;
    } catch (IOException e) {
      throw FileFailure.at(name, e);
    }
  }

  /**
   * Returns the content of a small member.
   *
   * @param member its name, for messages
   * @param limit the most bytes that it may have
   */
  byte[] bytes(Span span, String member, int limit) throws IOException {
    if (span.size() > limit) {
      throw new GantryException(
          Kind.INVALID_IMAGE, "%s: %s is larger than %d bytes".formatted(name, member, limit));
    }
    try (InputStream in = stream(span)) {
      return in.readAllBytes();
    }
  }

  /** Returns the content of a member from its first byte on; it need not be closed. */
  InputStream stream(Span span) {
    return new SpanStream(this, span);
  }

  @Override
  public void close() throws IOException {
    closed = true;
    owned.close();
  }

  /** Returns the name of the archive for messages. */
  @Override
  public String toString() {
    return name.toString();
  }
}
