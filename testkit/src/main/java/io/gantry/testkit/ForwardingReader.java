package io.gantry.testkit;

import io.gantry.api.content.BlobReader;
import java.io.IOException;
import java.nio.ByteBuffer;

/** A reader that does what another does; faults override one method. */
class ForwardingReader implements BlobReader {
  private final BlobReader reader;

  ForwardingReader(BlobReader reader) {
    this.reader = reader;
  }

  @Override
  public long size() throws IOException {
    return reader.size();
  }

  @Override
  public int read(ByteBuffer dst, long position) throws IOException {
    return reader.read(dst, position);
  }

  @Override
  public void close() throws IOException {
    reader.close();
  }
}
