package io.gantry.api.export;

import io.gantry.api.content.BlobReader;
import io.gantry.api.content.ContentStore;
import io.gantry.api.oci.Descriptor;
import io.gantry.api.oci.Digest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/** A source with the indexes that were made of its own; closing it is not closing the source. */
final class RewrittenStore implements ContentStore {
  private final ContentStore source;
  private final Map<Digest, RewrittenIndex> rewritten;

  private RewrittenStore(ContentStore source, Map<Digest, RewrittenIndex> rewritten) {
    this.source = source;
    this.rewritten = rewritten;
  }

  static ContentStore over(ContentStore source, List<RewrittenIndex> rewritten) {
    return rewritten.isEmpty()
        ? source
        : new RewrittenStore(
            source,
            rewritten.stream()
                .collect(
                    Collectors.toMap(
                        index -> index.descriptor().digest(),
                        Function.identity(),
                        (one, same) -> one)));
  }

  @Override
  public List<Descriptor> roots() throws IOException {
    return source.roots();
  }

  @Override
  public Descriptor resolve(Digest digest) throws IOException {
    return source.resolve(digest);
  }

  @Override
  public BlobReader open(Descriptor blob) throws IOException {
    RewrittenIndex index = rewritten.get(blob.digest());
    return index == null
        ? source.open(blob)
        : new Content(index.json().getBytes(StandardCharsets.UTF_8));
  }

  @Override
  public void close() {
    // The source is its owner's to close.
  }

  /** A blob in memory. */
  private static final class Content implements BlobReader {
    private final byte[] bytes;

    Content(byte[] bytes) {
      this.bytes = bytes;
    }

    @Override
    public long size() {
      return bytes.length;
    }

    @Override
    public int read(ByteBuffer dst, long position) {
      if (position >= bytes.length) {
        return -1;
      }
      int from = Math.toIntExact(position);
      int count = Math.min(dst.remaining(), bytes.length - from);
      dst.put(bytes, from, count);
      return count;
    }

    @Override
    public void close() {}
  }
}
