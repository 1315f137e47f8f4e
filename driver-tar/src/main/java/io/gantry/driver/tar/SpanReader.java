package io.gantry.driver.tar;

import io.gantry.api.content.BlobReader;
import java.io.IOException;
import java.nio.ByteBuffer;

/** A blob in the place where the archive has it. */
record SpanReader(ArchiveContent content, Span span) implements BlobReader {
  @Override
  public long size() {
    return span.size();
  }

  @Override
  public int read(ByteBuffer dst, long position) throws IOException {
    if (position >= span.size()) {
      return -1;
    }
    int limit = dst.limit();
    int count = (int) Math.min(dst.remaining(), span.size() - position);
    dst.limit(dst.position() + count);
    try {
      return content.read(dst, span.offset() + position);
    } finally {
      dst.limit(limit);
    }
  }

  /** The archive is closed with its store. */
  @Override
  public void close() {}
}
