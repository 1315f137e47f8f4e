package io.gantry.api.layout;

import io.gantry.api.GantryException;
import io.gantry.api.GantryException.Kind;
import io.gantry.api.content.BlobReader;
import io.gantry.api.content.ContentStore;
import io.gantry.api.content.ManifestReader;
import io.gantry.api.oci.Descriptor;
import io.gantry.api.oci.Digest;
import io.gantry.api.oci.ImageDocument;
import io.gantry.api.oci.MediaTypes;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The blobs that the images of a store need, for who is about to remove all others: in doubt a blob
 * is needed, and a document that cannot be trusted ends the search. A {@code subject} is not
 * followed, as what is signed or described is kept by its own entry.
 */
public final class ReachableBlobs {
  private static final int MAX_DEPTH = 32;
  private static final int MAX_BLOBS = 250_000;
  private static final Pattern DIGEST = Pattern.compile("sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128}");

  private final ContentStore store;
  private final Set<Digest> blobs = new HashSet<>();
  private final Set<Visit> visited = new HashSet<>();

  /** A blob may be a leaf by one path and a document by another; only the latter has children. */
  private record Visit(Digest digest, String mediaType) {}

  private ReachableBlobs(ContentStore store) {
    this.store = store;
  }

  /**
   * Finds what the entries of an index lead to, all platforms of it.
   *
   * <p>A manifest that is absent below an index leads to nothing, as an export of some platforms
   * leaves the index as it is; one that the entries name must be there. An entry of a type that
   * Gantry does not know leads to whatever has a digest in its text, unless it is larger than a
   * manifest may be.
   *
   * @return the digests of blobs that are needed, be they there or not
   * @throws GantryException of kind {@code NOT_FOUND} if an entry has no blob, {@code
   *     CONTENT_MISMATCH} or {@code INVALID_IMAGE} if a manifest or index is not what it should be,
   *     or if there is too much of it
   * @throws IOException if the store cannot be read
   */
  public static Set<Digest> of(ContentStore store, List<Descriptor> entries) throws IOException {
    ReachableBlobs reachable = new ReachableBlobs(store);
    for (Descriptor entry : entries) {
      reachable.walk(entry, 0, true);
    }
    return reachable.blobs;
  }

  private void walk(Descriptor descriptor, int depth, boolean listed) throws IOException {
    String mediaType = descriptor.mediaType();
    boolean document = MediaTypes.isIndex(mediaType) || MediaTypes.isManifest(mediaType);
    add(descriptor.digest());
    if ((!document && !listed) || !visited.add(new Visit(descriptor.digest(), mediaType))) {
      return;
    }
    if (depth > MAX_DEPTH) {
      throw new GantryException(
          Kind.INVALID_IMAGE,
          "index %s: nested more than %d deep".formatted(descriptor.digest(), MAX_DEPTH));
    }
    if (depth > 0 && isAbsent(descriptor)) {
      return;
    }
    if (!document && descriptor.size() > ImageDocument.MAX_BYTES) {
      // No registry takes a manifest of that size: a layer, as build caches list them in an index.
      return;
    }
    byte[] content = ManifestReader.read(store, descriptor);
    if (!document) {
      walkAllIn(content, depth + 1);
      return;
    }
    List<Descriptor> children =
        ImageDocument.parse(descriptor, content).children().stream().map(Descriptor::bare).toList();
    for (Descriptor child : children) {
      walk(child, depth + 1, MediaTypes.isIndex(mediaType));
    }
  }

  private void add(Digest blob) throws GantryException {
    if (blobs.add(blob) && blobs.size() > MAX_BLOBS) {
      throw new GantryException(
          Kind.INVALID_IMAGE, "more than %d blobs in the images".formatted(MAX_BLOBS));
    }
  }

  private boolean isAbsent(Descriptor descriptor) throws IOException {
    try (BlobReader present = store.open(descriptor)) {
      return false;
    } catch (GantryException e) {
      if (e.kind() == Kind.NOT_FOUND) {
        return true;
      }
      throw e;
    }
  }

  /** There are forms of manifests that Gantry does not know, and all of them write digests so. */
  private void walkAllIn(byte[] content, int depth) throws IOException {
    Matcher digests = DIGEST.matcher(new String(content, StandardCharsets.ISO_8859_1));
    while (digests.find()) {
      Digest digest = Digest.parse(digests.group());
      add(digest);
      Optional<Descriptor> document = documentOf(digest);
      if (document.isPresent()) {
        walk(document.get(), depth, true);
      }
    }
  }

  /**
   * A manifest or index is needed with all that it lists, whoever lists it; a layer leads nowhere.
   */
  private Optional<Descriptor> documentOf(Digest digest) throws IOException {
    try {
      return Optional.of(store.resolve(digest));
    } catch (GantryException e) {
      if (e.kind() == Kind.NOT_FOUND || e.kind() == Kind.INVALID_IMAGE) {
        return Optional.empty();
      }
      throw e;
    }
  }
}
