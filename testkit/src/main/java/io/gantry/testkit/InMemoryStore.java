package io.gantry.testkit;

import io.gantry.api.GantryException;
import io.gantry.api.GantryException.Kind;
import io.gantry.api.content.BlobReader;
import io.gantry.api.content.ContentStore;
import io.gantry.api.content.ManifestReader;
import io.gantry.api.oci.Descriptor;
import io.gantry.api.oci.Digest;
import io.gantry.api.oci.DigestAlgorithm;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A content store in memory, filled by hand or by an {@link ImageFactory}. It keeps what it is
 * given under the digest that it is given, even if the two do not belong together, so that tests
 * can lie. Safe for use by several threads; it keeps its content when it is closed.
 */
public final class InMemoryStore implements ContentStore {
  // Both are guarded by this.
  private final Map<Digest, byte[]> blobs = new LinkedHashMap<>();
  private final List<Descriptor> roots = new ArrayList<>();

  /** Makes an empty store. */
  public InMemoryStore() {}

  /**
   * Adds a blob.
   *
   * @return its descriptor
   */
  public Descriptor add(String mediaType, DigestAlgorithm algorithm, byte[] content) {
    Descriptor descriptor = Descriptor.of(mediaType, algorithm, content);
    put(descriptor.digest(), content);
    return descriptor;
  }

  /** Keeps {@code content} under a digest, whether or not it is its own; replaces what is there. */
  public synchronized void put(Digest digest, byte[] content) {
    blobs.put(digest, content.clone());
  }

  /** Forgets a blob. */
  public synchronized void remove(Digest digest) {
    blobs.remove(digest);
  }

  /** Offers an image, after those that are offered already. */
  public synchronized void offer(Descriptor root) {
    roots.add(root);
  }

  /** Returns the content of a blob. */
  public synchronized Optional<byte[]> content(Digest digest) {
    return Optional.ofNullable(blobs.get(digest)).map(byte[]::clone);
  }

  /** Returns the digests of all blobs, in the order in which they were added. */
  public synchronized List<Digest> digests() {
    return List.copyOf(blobs.keySet());
  }

  @Override
  public synchronized List<Descriptor> roots() {
    return List.copyOf(roots);
  }

  @Override
  public Descriptor resolve(Digest digest) throws IOException {
    try (BlobReader reader = open(digest)) {
      return ManifestReader.describe(digest, reader);
    }
  }

  @Override
  public BlobReader open(Descriptor blob) throws GantryException {
    return open(blob.digest());
  }

  private synchronized BlobReader open(Digest digest) throws GantryException {
    byte[] content = blobs.get(digest);
    if (content == null) {
      throw new GantryException(Kind.NOT_FOUND, "blob %s: not in memory".formatted(digest));
    }
    return BlobReader.of(content);
  }

  @Override
  public Optional<List<Digest>> blobs() {
    return Optional.of(digests());
  }

  /** Does nothing: the content stays. */
  @Override
  public void close() {}
}
