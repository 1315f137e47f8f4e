package io.gantry.api.export;

import io.gantry.api.GantryException;
import io.gantry.api.GantryException.Kind;
import io.gantry.api.content.ContentStore;
import io.gantry.api.content.ManifestReader;
import io.gantry.api.oci.Annotations;
import io.gantry.api.oci.Descriptor;
import io.gantry.api.oci.Digest;
import io.gantry.api.oci.ImageDocument;
import io.gantry.api.oci.MediaTypes;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The referrers that a source offers: manifests that sign, describe or attest others. There is no
 * specification of where a layout keeps them, so all ways in use are read: an entry that says its
 * subject (containerd), one whose manifest says it (oras), an index under the fallback tag of the
 * distribution-spec (regctl), and cosign's tags, whose manifests have no subject at all.
 *
 * @see <a
 *     href="https://github.com/opencontainers/distribution-spec/blob/main/spec.md#unavailable-referrers-api">distribution-spec,
 *     referrers tag schema</a>
 */
final class Referrers {
  private static final Pattern TAG =
      Pattern.compile(
          "(?<subject>[a-z0-9][a-z0-9_.-]{0,31}-[a-zA-Z0-9=_-]{32,64})(?<cosign>\\.\\w+)?");
  private static final int MAX_ALGORITHM = 32;
  private static final int MAX_ENCODED = 64;

  private final ContentStore source;
  private final ReferrerTypes types;

  /** By the digest of the subject, or by what of it a tag has room for. */
  private final Map<String, List<Descriptor>> bySubject = new HashMap<>();

  private Referrers(ContentStore source, ReferrerTypes types) {
    this.source = source;
    this.types = types;
  }

  /** Looks at every entry that the source offers. */
  static Referrers in(ContentStore source, ReferrerTypes types) throws IOException {
    Referrers referrers = new Referrers(source, types);
    for (Descriptor entry : source.roots()) {
      referrers.look(entry);
    }
    return referrers;
  }

  private void look(Descriptor entry) throws IOException {
    Optional<ImageDocument> document = read(entry);
    if (document.isEmpty()) {
      return;
    }
    Matcher tag = TAG.matcher(entry.annotations().getOrDefault(Annotations.REF_NAME, ""));
    String stated = entry.annotations().getOrDefault(Annotations.SUBJECT, "");
    if (!stated.isEmpty()) {
      add(stated, entry, document.get());
    } else if (document.get().subject().isPresent()) {
      Digest subject = document.get().subject().get().digest();
      add(subject.toString(), referrer(entry, subject), document.get());
    } else if (tag.matches() && tag.group("cosign") != null) {
      // The tag is all that leads to it, so it stays.
      add(tag.group("subject"), entry, document.get());
    } else if (tag.matches() && MediaTypes.isIndex(entry.mediaType())) {
      for (Descriptor child : document.get().children()) {
        Optional<ImageDocument> listed = read(child);
        if (listed.isPresent() && listed.get().subject().isPresent()) {
          Digest subject = listed.get().subject().get().digest();
          add(subject.toString(), referrer(child, subject), listed.get());
        }
      }
    }
  }

  /** Returns a manifest or index; nothing if it is neither, or if the source does not have it. */
  private Optional<ImageDocument> read(Descriptor entry) throws IOException {
    if (!MediaTypes.isIndex(entry.mediaType()) && !MediaTypes.isManifest(entry.mediaType())) {
      return Optional.empty();
    }
    try {
      return Optional.of(ImageDocument.parse(entry, ManifestReader.read(source, entry)));
    } catch (GantryException e) {
      if (e.kind() == Kind.NOT_FOUND) {
        return Optional.empty();
      }
      throw e;
    }
  }

  private void add(String subject, Descriptor entry, ImageDocument document) {
    if (types.include(document)) {
      bySubject.computeIfAbsent(subject, key -> new ArrayList<>()).add(entry);
    }
  }

  /** An entry as containerd writes it: no name, so that nobody takes it for an image. */
  private static Descriptor referrer(Descriptor entry, Digest subject) {
    Map<String, String> annotations = new LinkedHashMap<>(entry.annotations());
    annotations.remove(Annotations.REF_NAME);
    annotations.remove(Annotations.IMAGE_NAME);
    annotations.put(Annotations.SUBJECT, subject.toString());
    return entry.withAnnotations(annotations);
  }

  /** Returns the entries for what refers to this manifest or index. */
  List<Descriptor> of(Digest subject) {
    List<Descriptor> entries = new ArrayList<>();
    entries.addAll(bySubject.getOrDefault(subject.toString(), List.of()));
    entries.addAll(bySubject.getOrDefault(fallbackTag(subject), List.of()));
    return entries;
  }

  private static String fallbackTag(Digest subject) {
    return cut(subject.algorithm().id(), MAX_ALGORITHM) + "-" + cut(subject.encoded(), MAX_ENCODED);
  }

  private static String cut(String text, int length) {
    return text.substring(0, Math.min(length, text.length()));
  }
}
