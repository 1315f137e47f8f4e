package io.gantry.api.export;

import io.gantry.api.GantryException;
import io.gantry.api.GantryException.Kind;
import io.gantry.api.content.ContentStore;
import io.gantry.api.content.ManifestReader;
import io.gantry.api.oci.Annotations;
import io.gantry.api.oci.Descriptor;
import io.gantry.api.oci.Digest;
import io.gantry.api.oci.ImageDocument;
import io.gantry.api.oci.ImageName;
import io.gantry.api.oci.MediaTypes;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

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

  /** By the digest of the subject, or by what of it a tag has room for; each referrer once. */
  private final Map<String, Map<Digest, Descriptor>> bySubject = new HashMap<>();

  /**
   * What is known of manifests and indexes: an index.json may name one a hundred thousand times.
   */
  private final Map<Descriptor, Optional<Document>> documents = new HashMap<>();

  private final Set<Digest> fallbacks = new HashSet<>();

  /**
   * What is needed of a manifest or an index.
   *
   * @param subject what it refers to
   * @param wanted whether it is of a type that was asked for
   */
  private record Document(Optional<Digest> subject, boolean wanted) {}

  private Referrers(ContentStore source, ReferrerTypes types) {
    this.source = source;
    this.types = types;
  }

  /** Looks at every entry that the source offers. */
  static Referrers in(ContentStore source, ReferrerTypes types) throws IOException {
    Referrers referrers = new Referrers(source, types);
    for (Descriptor entry : source.roots()) {
      if (MediaTypes.isIndex(entry.mediaType()) || MediaTypes.isManifest(entry.mediaType())) {
        referrers.look(entry);
      }
    }
    return referrers;
  }

  private void look(Descriptor entry) throws IOException {
    Optional<Document> document = read(entry);
    // One that is absent is wanted as far as its descriptor says, so that it is missed.
    boolean wanted = document.map(Document::wanted).orElse(types.mayInclude(entry));
    String stated = entry.annotations().getOrDefault(Annotations.SUBJECT, "");
    Optional<Matcher> tag = tagOf(entry);
    if (!stated.isEmpty()) {
      add(stated, entry, wanted);
    } else if (document.flatMap(Document::subject).isPresent()) {
      Digest subject = document.flatMap(Document::subject).get();
      add(subject.toString(), referrer(entry, subject), wanted);
    } else if (tag.isPresent() && tag.get().group("cosign") != null) {
      // The tag is all that leads to it, so it stays.
      add(tag.get().group("subject"), entry, wanted);
    } else if (tag.isPresent() && MediaTypes.isIndex(entry.mediaType())) {
      lookBelow(entry, tag.get().group("subject"));
    }
  }

  /** The fallback tag's index lists the referrers. */
  private void lookBelow(Descriptor index, String tag) throws IOException {
    if (!fallbacks.add(index.digest())) {
      return;
    }
    Optional<ImageDocument> listed = document(index);
    if (listed.isEmpty()) {
      add(tag, index, true);
      return;
    }
    for (Descriptor child : listed.get().children()) {
      if (MediaTypes.isIndex(child.mediaType()) || MediaTypes.isManifest(child.mediaType())) {
        Optional<Document> document = read(child);
        Optional<Digest> subject = document.flatMap(Document::subject);
        if (subject.isPresent()) {
          add(
              subject.get().toString(),
              referrer(child, subject.get()),
              document.filter(Document::wanted).isPresent());
        } else if (document.isEmpty()) {
          add(tag, child, types.mayInclude(child));
        }
      }
    }
  }

  /** Returns the tag, wherever it is written, if it is one that leads from an image to others. */
  private static Optional<Matcher> tagOf(Descriptor entry) {
    return Stream.of(Annotations.REF_NAME, Annotations.IMAGE_NAME)
        .flatMap(name -> Optional.ofNullable(entry.annotations().get(name)).stream())
        .flatMap(name -> tagIn(name).stream())
        .map(TAG::matcher)
        .filter(Matcher::matches)
        .findFirst();
  }

  private static Optional<String> tagIn(String name) {
    if (!ImageName.isFullName(name)) {
      return Optional.of(name);
    }
    try {
      return ImageName.parse(name).tag();
    } catch (IllegalArgumentException noName) {
      return Optional.empty();
    }
  }

  /** Returns what is known of a manifest or index; nothing if the source does not have it. */
  private Optional<Document> read(Descriptor entry) throws IOException {
    Optional<Document> known = documents.get(entry.bare());
    if (known == null) {
      known =
          document(entry)
              .map(
                  document ->
                      new Document(
                          document.subject().map(Descriptor::digest),
                          types.include(entry, document)));
      documents.put(entry.bare(), known);
    }
    return known;
  }

  private Optional<ImageDocument> document(Descriptor entry) throws IOException {
    try {
      return Optional.of(ImageDocument.parse(entry, ManifestReader.read(source, entry)));
    } catch (GantryException e) {
      if (e.kind() == Kind.NOT_FOUND) {
        return Optional.empty();
      }
      throw e;
    }
  }

  private void add(String subject, Descriptor entry, boolean wanted) {
    if (wanted) {
      bySubject
          .computeIfAbsent(subject, key -> new LinkedHashMap<>())
          .putIfAbsent(entry.digest(), entry);
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
    entries.addAll(bySubject.getOrDefault(subject.toString(), Map.of()).values());
    entries.addAll(bySubject.getOrDefault(fallbackTag(subject), Map.of()).values());
    return entries;
  }

  private static String fallbackTag(Digest subject) {
    return cut(subject.algorithm().id(), MAX_ALGORITHM) + "-" + cut(subject.encoded(), MAX_ENCODED);
  }

  private static String cut(String text, int length) {
    return text.substring(0, Math.min(length, text.length()));
  }
}
