package io.gantry.driver.tar;

import io.gantry.api.GantryException;
import io.gantry.api.GantryException.Kind;
import io.gantry.api.content.ContentStore;
import io.gantry.api.oci.Descriptor;
import io.gantry.api.oci.Digest;
import io.gantry.api.oci.DigestAlgorithm;
import io.gantry.api.oci.DockerImage;
import io.gantry.api.oci.ImageConfig;
import io.gantry.api.oci.ImageDocument;
import io.gantry.api.oci.ImageName;
import io.gantry.api.oci.MediaTypes;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * One of the archives that {@code docker save} wrote before version 25, and other tools still do: a
 * {@code manifest.json} that lists files, and no manifest. The manifest that a registry would have
 * is made of it, a Docker schema 2 one, as nothing else has the layers as they are; configuration
 * and layers stay the bytes that they were.
 *
 * <p>What there is to hold layers against is the configuration, which has the digest of each as it
 * is uncompressed. Of an uncompressed layer this is the digest, and the export compares it; a
 * compressed one is read here, for its own digest and for that of what is in it.
 */
final class DockerArchive {
  /** About a hundred thousand images. */
  private static final int MAX_LIST_BYTES = 32 * 1024 * 1024;

  /** As docker, crane and containerd's tools name a configuration. */
  private static final Pattern NAME_WITH_DIGEST =
      Pattern.compile("(?:blobs/sha256/|sha256:)?([0-9a-f]{64})(?:\\.json)?");

  private static final int BUFFER_BYTES = 256 * 1024;

  private final ArchiveContent content;
  private final ArchiveMembers members;
  private final Map<Digest, Span> spans = new LinkedHashMap<>();
  private final Map<Digest, byte[]> made = new LinkedHashMap<>();

  // The images of an archive share layers, and each is read whole to be known.
  private final Map<Layer, Descriptor> known = new HashMap<>();

  private DockerArchive(ArchiveContent content, ArchiveMembers members) {
    this.content = content;
    this.members = members;
  }

  /** Opens the store, which takes over the content. */
  static ContentStore open(ArchiveContent content, ArchiveMembers members) throws IOException {
    DockerArchive archive = new DockerArchive(content, members);
    List<Descriptor> roots = archive.roots();
    return new ArchiveStore(content, roots, archive.spans, archive.made);
  }

  private List<Descriptor> roots() throws IOException {
    Span list =
        members
            .follow(DockerImage.FILE_NAME)
            .orElseThrow(
                () ->
                    new GantryException(
                        Kind.INVALID_IMAGE,
                        content
                            + ": no archive of images, it has neither an index.json nor a"
                            + " manifest.json"));
    List<Descriptor> roots = new ArrayList<>();
    for (DockerImage image :
        DockerImage.parseAll(
            content + ": " + DockerImage.FILE_NAME,
            content.bytes(list, DockerImage.FILE_NAME, MAX_LIST_BYTES))) {
      Descriptor manifest = manifest(image);
      if (image.repoTags().isEmpty()) {
        roots.add(manifest);
      }
      for (String tag : image.repoTags()) {
        roots.add(named(manifest, tag));
      }
    }
    if (roots.isEmpty()) {
      throw new GantryException(
          Kind.INVALID_IMAGE,
          "%s: its %s lists no image; make the archive again"
              .formatted(content, DockerImage.FILE_NAME));
    }
    return roots;
  }

  private Descriptor named(Descriptor manifest, String tag) throws GantryException {
    try {
      return ImageName.annotate(manifest, ImageName.parse(tag).toString());
    } catch (IllegalArgumentException e) {
      throw new GantryException(Kind.INVALID_IMAGE, "%s: %s".formatted(content, e.getMessage()), e);
    }
  }

  private Descriptor manifest(DockerImage image) throws IOException {
    Span span = file(image.config());
    String path = MemberNames.shown(image.config());
    byte[] json = content.bytes(span, path, ImageDocument.MAX_BYTES);
    Descriptor config = Descriptor.of(MediaTypes.DOCKER_CONFIG, DigestAlgorithm.SHA256, json);
    Matcher name = NAME_WITH_DIGEST.matcher(image.config());
    if (name.matches()) {
      verify(path, new Digest(DigestAlgorithm.SHA256, name.group(1)), config.digest());
    }
    spans.put(config.digest(), span);
    List<Digest> diffIds = ImageConfig.diffIds(config.digest(), json);
    if (diffIds.size() != image.layers().size()) {
      throw new GantryException(
          Kind.INVALID_IMAGE,
          "%s: %d layers of an image whose config has %d; make the archive again"
              .formatted(content, image.layers().size(), diffIds.size()));
    }
    List<Descriptor> layers = new ArrayList<>();
    for (int i = 0; i < diffIds.size(); i++) {
      layers.add(layer(image.layers().get(i), diffIds.get(i)));
    }
    byte[] manifest = manifest(config, layers);
    Descriptor root = Descriptor.of(MediaTypes.DOCKER_MANIFEST, DigestAlgorithm.SHA256, manifest);
    made.put(root.digest(), manifest);
    return root;
  }

  /** Nothing in it is of a grammar with a character that JSON would escape. */
  private static byte[] manifest(Descriptor config, List<Descriptor> layers) {
    return "{\"schemaVersion\":2,\"mediaType\":\"%s\",\"config\":%s,\"layers\":%s}"
        .formatted(
            MediaTypes.DOCKER_MANIFEST,
            json(config),
            layers.stream().map(DockerArchive::json).collect(Collectors.joining(",", "[", "]")))
        .getBytes(StandardCharsets.US_ASCII);
  }

  private static String json(Descriptor blob) {
    return "{\"mediaType\":\"%s\",\"size\":%d,\"digest\":\"%s\"}"
        .formatted(blob.mediaType(), blob.size(), blob.digest());
  }

  private record Layer(Span span, Digest diffId) {}

  private Descriptor layer(String path, Digest diffId) throws IOException {
    Layer layer = new Layer(file(path), diffId);
    Descriptor descriptor = known.get(layer);
    if (descriptor == null) {
      descriptor = describe(path, layer.span(), diffId);
      known.put(layer, descriptor);
      spans.put(descriptor.digest(), layer.span());
    }
    return descriptor;
  }

  private Descriptor describe(String path, Span span, Digest diffId) throws IOException {
    Compression compression;
    try (InputStream in = content.stream(span)) {
      compression = Compression.of(in.readNBytes(Compression.MAGIC_BYTES));
    }
    return switch (compression) {
      case NONE -> Descriptor.of(MediaTypes.DOCKER_LAYER, diffId, span.size());
      case GZIP -> compressed(path, span, compression, ".gzip", diffId);
      case ZSTD -> compressed(path, span, compression, ".zstd", diffId);
      case BZIP2, XZ ->
          throw compression.unread(
              "%s: layer '%s'".formatted(content, MemberNames.shown(path)),
              "make the archive again, with 'docker load' and 'docker save' or 'skopeo copy'");
    };
  }

  private Descriptor compressed(
      String path, Span span, Compression compression, String suffix, Digest diffId)
      throws IOException {
    String shown = MemberNames.shown(path);
    MessageDigest outer = DigestAlgorithm.SHA256.newMessageDigest();
    MessageDigest inner = diffId.algorithm().newMessageDigest();
    byte[] buffer = new byte[BUFFER_BYTES];
    try (InputStream raw = new DigestInputStream(content.stream(span), outer);
        InputStream in = compression.open(raw, content + ": '" + shown + "'")) {
      for (int count; (count = in.read(buffer)) > 0; ) {
        inner.update(buffer, 0, count);
      }
      // What follows the compressed content is of the layer, too.
      raw.transferTo(OutputStream.nullOutputStream());
    }
    verify(shown, diffId, Digest.finish(diffId.algorithm(), inner));
    return Descriptor.of(
        MediaTypes.DOCKER_LAYER + suffix,
        Digest.finish(DigestAlgorithm.SHA256, outer),
        span.size());
  }

  private void verify(String path, Digest expected, Digest actual) throws GantryException {
    if (!actual.equals(expected)) {
      throw new GantryException(
          Kind.CONTENT_MISMATCH,
          "%s: '%s' has the content %s and not %s; make the archive again"
              .formatted(content, path, actual, expected));
    }
  }

  private Span file(String path) throws GantryException {
    return members
        .follow(path)
        .orElseThrow(
            () ->
                new GantryException(
                    Kind.NOT_FOUND,
                    "%s: has no file '%s', which its manifest.json needs; make the archive again"
                        .formatted(content, MemberNames.shown(path))));
  }
}
