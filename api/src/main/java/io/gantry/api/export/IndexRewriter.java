package io.gantry.api.export;

import io.gantry.api.content.ContentStore;
import io.gantry.api.content.ManifestReader;
import io.gantry.api.oci.Descriptor;
import io.gantry.api.oci.Digest;
import io.gantry.api.oci.ImageDocument;
import io.gantry.api.oci.Index;
import io.gantry.api.oci.MediaTypes;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Makes indexes that list no more than what is exported of them, nested ones first. */
final class IndexRewriter {
  private final ContentStore source;
  private final IndexChoice choice;
  private final ImageWalker walked;
  private final Map<Digest, Optional<Descriptor>> done = new HashMap<>();
  private final List<RewrittenIndex> rewritten = new ArrayList<>();

  /**
   * Makes a rewriter.
   *
   * @param walked has walked what will be rewritten, by the same choice
   */
  IndexRewriter(ContentStore source, IndexChoice choice, ImageWalker walked) {
    this.source = source;
    this.choice = choice;
    this.walked = walked;
  }

  /** Returns what becomes of an image: itself if all of it is exported, or if it is no index. */
  Descriptor rewrite(Descriptor root) throws IOException {
    return rewritten(root).orElseThrow();
  }

  /** Returns what becomes of an entry; empty if nothing of it is exported. */
  private Optional<Descriptor> rewritten(Descriptor entry) throws IOException {
    if (!MediaTypes.isIndex(entry.mediaType())) {
      return Optional.of(entry);
    }
    Optional<Descriptor> known = done.get(entry.digest());
    if (known == null) {
      known = shortened(entry);
      done.put(entry.digest(), known);
    }
    return known.map(now -> entry.withContent(now.digest(), now.size()));
  }

  private Optional<Descriptor> shortened(Descriptor index) throws IOException {
    byte[] content = ManifestReader.read(source, index);
    ImageDocument document = ImageDocument.parse(index, content);
    Set<Descriptor> chosen =
        choice.of(source, document).stream()
            .map(IndexChoice.Entry::blob)
            .collect(Collectors.toSet());
    List<Optional<Descriptor>> entries = new ArrayList<>();
    for (Descriptor child : document.children()) {
      entries.add(
          chosen.contains(child.bare()) && walked.found(child)
              ? rewritten(child)
              : Optional.empty());
    }
    if (entries.equals(document.children().stream().map(Optional::of).toList())) {
      return Optional.of(index);
    }
    if (entries.stream().allMatch(Optional::isEmpty)) {
      return Optional.empty();
    }
    byte[] json = Index.rewritten("index " + index.digest(), content, entries);
    Descriptor shorter =
        index.withContent(Digest.of(index.digest().algorithm(), json), json.length);
    rewritten.add(
        new RewrittenIndex(index.digest(), shorter, new String(json, StandardCharsets.UTF_8)));
    return Optional.of(shorter);
  }

  /** Returns the indexes that were made. */
  List<RewrittenIndex> rewritten() {
    return rewritten;
  }
}
