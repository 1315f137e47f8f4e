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
  private volatile @Nullable FileChannel channel;
  private boolean closed;

  FileBlobReader(Path file, long size) {
    this.file = file;
    this.size = size;
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

  private synchronized FileChannel open() throws IOException {
    if (closed) {
      throw new ClosedChannelException();
    }
    FileChannel open = channel;
    if (open == null) {
      open = RegularFile.openChecked(file);
      channel = open;
    }
    return open;
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
