package io.gantry.api.export;

import io.gantry.api.content.BlobReader;
import io.gantry.api.content.ContentStore;
import io.gantry.api.oci.Descriptor;
import io.gantry.api.oci.Digest;
import java.io.IOException;
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
        : BlobReader.of(index.json().getBytes(StandardCharsets.UTF_8));
  }

  @Override
  public void close() {
    // The source is its owner's to close.
  }
}
