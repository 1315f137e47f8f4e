package io.gantry.api.file;

import io.gantry.api.content.BlobReader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reads a blob that is a file. The file is opened for the first read: a plan asks for nothing but
 * the sizes of blobs, and may have a hundred thousand of them.
 */
final class FileBlobReader implements BlobReader {
  private final Path file;
  private final long size;
  private final Opener opener;

  // Guarded by this, but for a look at an open channel.
  private volatile @Nullable FileChannel channel;
  private boolean closed;

  /** Opens a file that was there when its size was asked, and may be gone or another by now. */
  interface Opener {
    FileChannel open(Path file) throws IOException;
  }

  FileBlobReader(Path file, long size, Opener opener) {
    this.file = file;
    this.size = size;
    this.opener = opener;
  }

  @Override
  public long size() {
    return size;
  }

  @Override
  public int read(ByteBuffer dst, long position) throws IOException {
    FileChannel open = channel;
    return (open == null ? open() : open).read(dst, position);
  }

  @Override
  public Optional<Path> file() {
    return Optional.of(file);
  }

  /** Whoever is first keeps the channel; nobody waits for another's opening, nor does the end. */
  private FileChannel open() throws IOException {
    FileChannel opened = opener.open(file);
    synchronized (this) {
      FileChannel first = channel;
      if (first == null && !closed) {
        channel = opened;
        return opened;
      }
      opened.close();
      if (first == null) {
        throw new ClosedChannelException();
      }
      return first;
    }
  }

  @Override
  public synchronized void close() throws IOException {
    closed = true;
    FileChannel open = channel;
    if (open != null) {
      open.close();
    }
  }
}
