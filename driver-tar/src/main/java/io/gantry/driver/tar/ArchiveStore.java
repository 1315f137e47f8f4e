package io.gantry.driver.tar;

import io.gantry.api.GantryException;
import io.gantry.api.GantryException.Kind;
import io.gantry.api.content.BlobReader;
import io.gantry.api.content.ContentStore;
import io.gantry.api.content.ManifestReader;
import io.gantry.api.oci.Descriptor;
import io.gantry.api.oci.Digest;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** The images of an archive, read in place. */
final class ArchiveStore implements ContentStore {
  private final ArchiveContent content;
  private final List<Descriptor> roots;
  private final Map<Digest, Span> spans;
  private final Map<Digest, byte[]> made;

  /**
   * Makes a store.
   *
   * @param content what the blobs are read from; closed with the store
   * @param roots the images that the archive offers
   * @param spans where each blob is
   * @param made blobs that the archive does not have, but implies
   */
  ArchiveStore(
      ArchiveContent content,
      List<Descriptor> roots,
      Map<Digest, Span> spans,
      Map<Digest, byte[]> made) {
    this.content = content;
    this.roots = List.copyOf(roots);
    this.spans = spans;
    this.made = made;
  }

  @Override
  public List<Descriptor> roots() {
    return roots;
  }

  @Override
  public Descriptor resolve(Digest digest) throws IOException {
    try (BlobReader reader = open(digest)) {
      return ManifestReader.describe(digest, reader);
    }
  }

  @Override
  public BlobReader open(Descriptor blob) throws IOException {
    return open(blob.digest());
  }

  private BlobReader open(Digest digest) throws IOException {
    byte[] bytes = made.get(digest);
    if (bytes != null) {
      return BlobReader.of(bytes);
    }
    Span span = spans.get(digest);
    if (span == null) {
      throw new GantryException(
          Kind.NOT_FOUND,
          "blob %s: not found in %s; make the archive again, with all platforms that are asked for"
              .formatted(digest, content));
    }
    return new SpanReader(content, span);
  }

  @Override
  public Optional<List<Digest>> blobs() {
    return Optional.of(Stream.concat(spans.keySet().stream(), made.keySet().stream()).toList());
  }

  @Override
  public void close() throws IOException {
    content.close();
  }
}
