package com.example.zip;

import io.gantry.api.content.BlobReader;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/**
 * One entry, read by position although it is a stream: reading on costs nothing, ahead what lies
 * between is skipped (at once, unless it has to be inflated), and back means from the start. An
 * export reads on. Whatever inflates to more than its size is cut off there.
 */
final class ZipBlobReader implements BlobReader {
  private final ZipFile zip;
  private final ZipEntry entry;
  private final byte[] buffer = new byte[64 * 1024];

  // All are guarded by this.
  private InputStream in;
  private long position;
  private boolean closed;

  ZipBlobReader(ZipFile zip, ZipEntry entry) {
    this.zip = zip;
    this.entry = entry;
  }

  @Override
  public long size() {
    return entry.getSize();
  }

  @Override
  public synchronized int read(ByteBuffer dst, long from) throws IOException {
    if (closed) {
      throw new IOException(this + ": closed");
    }
    if (from >= size()) {
      return -1;
    }
    int length = (int) Math.min(Math.min(dst.remaining(), buffer.length), size() - from);
    try {
      if (length == 0 || !moveTo(from)) {
        return length == 0 ? 0 : -1;
      }
      int count = in.read(buffer, 0, length);
      if (count > 0) {
        position += count;
        dst.put(buffer, 0, count);
      }
      return count;
    } catch (IOException e) {
      throw new IOException("%s: %s".formatted(this, e.getMessage()), e);
    }
  }

  /** Returns whether there is a byte at that position. */
  private boolean moveTo(long from) throws IOException {
    if (in == null || from < position) {
      restart();
    }
    try {
      in.skipNBytes(from - position);
    } catch (EOFException shorter) {
      restart();
      return false;
    }
    position = from;
    return true;
  }

  private void restart() throws IOException {
    if (in != null) {
      in.close();
    }
    in = zip.getInputStream(entry);
    position = 0;
  }

  @Override
  public synchronized void close() throws IOException {
    closed = true;
    if (in != null) {
      in.close();
    }
  }

  @Override
  public String toString() {
    return "%s in %s".formatted(entry.getName(), zip.getName());
  }
}
