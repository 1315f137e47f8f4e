package io.gantry.driver.tar;

import io.gantry.api.GantryException;
import io.gantry.api.GantryException.Kind;
import io.gantry.api.content.ContentStore;
import io.gantry.api.oci.Index;
import io.gantry.api.oci.LayoutHeader;
import java.io.IOException;
import java.util.Map;

/** An archive of an OCI image layout. */
final class LayoutArchive {
  /** About a hundred thousand images. */
  private static final int MAX_INDEX_BYTES = 32 * 1024 * 1024;

  private LayoutArchive() {}

  /** Opens the store, which takes over the content. */
  static ContentStore open(ArchiveContent content, ArchiveMembers members) throws IOException {
    LayoutHeader.check(
        content + ": " + LayoutHeader.FILE_NAME,
        file(LayoutHeader.FILE_NAME, LayoutHeader.MAX_BYTES, content, members));
    Index index =
        Index.parseLayoutIndex(
            content + ": " + ArchiveMembers.INDEX,
            file(ArchiveMembers.INDEX, MAX_INDEX_BYTES, content, members));
    return new ArchiveStore(content, index.manifests(), members.blobs(), Map.of());
  }

  private static byte[] file(String name, int limit, ArchiveContent content, ArchiveMembers members)
      throws IOException {
    Span span =
        members
            .file(name)
            .orElseThrow(
                () ->
                    new GantryException(
                        Kind.INVALID_IMAGE,
                        "%s: has no %s, which an OCI archive must have; make it again"
                            .formatted(content, name)));
    return content.bytes(span, name, limit);
  }
}
