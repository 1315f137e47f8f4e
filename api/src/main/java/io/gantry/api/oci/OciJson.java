package io.gantry.api.oci;

import io.gantry.api.GantryException;
import io.gantry.api.GantryException.Kind;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Consumer;
import tools.jackson.core.JacksonException;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.core.exc.StreamConstraintsException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * One JSON document of an image, read strictly: UTF-8, no duplicate members, bounded depth, and
 * every complaint names the document and the member.
 */
final class OciJson {
  private static final Set<String> DESCRIPTOR_FIELDS =
      Set.of(
          "mediaType", "digest", "size", "urls", "annotations", "data", "platform", "artifactType");

  private static final Set<String> PLATFORM_FIELDS =
      Set.of("os", "architecture", "variant", "os.version", "os.features");

  private final String origin;
  private final ObjectNode root;

  private OciJson(String origin, ObjectNode root) {
    this.origin = origin;
    this.root = root;
  }

  static OciJson parse(String origin, byte[] bytes) throws GantryException {
    if (tree(origin, bytes) instanceof ObjectNode object) {
      return new OciJson(origin, object);
    }
    throw new GantryException(Kind.INVALID_IMAGE, origin + ": not a JSON object");
  }

  static List<OciJson> parseArray(String origin, byte[] bytes) throws GantryException {
    JsonNode array = tree(origin, bytes);
    List<OciJson> documents = new ArrayList<>(array.size());
    for (int i = 0; i < array.size(); i++) {
      if (array.get(i) instanceof ObjectNode object) {
        documents.add(new OciJson("%s: [%d]".formatted(origin, i), object));
      }
    }
    if (!array.isArray() || documents.size() < array.size()) {
      throw new GantryException(Kind.INVALID_IMAGE, origin + ": not a JSON array of objects");
    }
    return documents;
  }

  private static JsonNode tree(String origin, byte[] bytes) throws GantryException {
    try {
      // Jackson would guess UTF-16 and UTF-32 as well, which no other reader of images does.
      String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
      return JsonTree.parse(text);
    } catch (CharacterCodingException e) {
      throw new GantryException(Kind.INVALID_IMAGE, origin + ": not valid JSON: not UTF-8", e);
    } catch (JacksonException e) {
      throw new GantryException(Kind.INVALID_IMAGE, origin + ": not valid JSON: " + reason(e), e);
    }
  }

  /** Jackson's own words without what only a programmer who uses Jackson could need. */
  private static String reason(JacksonException e) {
    String message = String.valueOf(e.getOriginalMessage());
    String words =
        e instanceof StreamConstraintsException
            ? message.replaceAll(", from `[^`]*`", "")
            : message.split(" [(\\[]|: was expecting", 2)[0];
    TokenStreamLocation at = e.getLocation();
    return at == null
        ? Excerpt.of(words)
        : "%s (line %d, column %d)".formatted(Excerpt.of(words), at.getLineNr(), at.getColumnNr());
  }

  Index toIndex(String mediaType) throws GantryException {
    List<GantryException> mismatches = new ArrayList<>();
    Index index = toIndex(mediaType, mismatches::add);
    if (!mismatches.isEmpty()) {
      throw mismatches.get(0);
    }
    return index;
  }

  /** Returns the document as an index; what is embedded in it is complained of, and of no use. */
  Index toIndex(String mediaType, Consumer<GantryException> mismatches) throws GantryException {
    checkDocument(mediaType);
    if (root.has("config") || root.has("layers") || root.has("fsLayers")) {
      throw invalid("an index that also has the members of a manifest is refused");
    }
    if (!root.has("manifests")) {
      throw invalid("an index must have 'manifests'");
    }
    return new Index(
        mediaType,
        text(root, "", "artifactType"),
        descriptors("manifests", mismatches),
        subject(mismatches));
  }

  Manifest toManifest(String mediaType, Consumer<GantryException> mismatches)
      throws GantryException {
    checkDocument(mediaType);
    if (root.has("manifests") || root.has("fsLayers")) {
      throw invalid(
          "a manifest that also has the members of an index or of Docker schema 1 is refused");
    }
    if (!root.has("layers")) {
      throw invalid("a manifest must have 'layers'");
    }
    return new Manifest(
        mediaType,
        text(root, "", "artifactType"),
        descriptor(root.path("config"), "config", mismatches),
        descriptors("layers", mismatches),
        subject(mismatches));
  }

  String impliedMediaType() throws GantryException {
    Optional<String> stated = text(root, "", "mediaType");
    if (stated.isPresent()) {
      String mediaType = stated.get();
      if (MediaTypes.isIndex(mediaType) || MediaTypes.isManifest(mediaType)) {
        return mediaType;
      }
      throw MediaTypes.isDockerSchema1(mediaType)
          ? schema1()
          : invalid("media type '%s' is no manifest or index".formatted(Excerpt.of(mediaType)));
    }
    if (root.path("schemaVersion").asInt(0) == 1) {
      throw schema1();
    }
    boolean index = root.has("manifests");
    boolean manifest = root.has("config") || root.has("layers");
    if (index == manifest) {
      throw invalid("neither a manifest nor an index");
    }
    return index ? MediaTypes.OCI_INDEX : MediaTypes.OCI_MANIFEST;
  }

  /** Returns how many layers a configuration describes, if this is one. */
  OptionalInt diffIdCount() {
    JsonNode diffIds = root.path("rootfs").path("diff_ids");
    return diffIds.isArray() ? OptionalInt.of(diffIds.size()) : OptionalInt.empty();
  }

  /** Returns the platform that a configuration says, where a descriptor does not. */
  Optional<Platform> configPlatform() throws GantryException {
    Optional<String> os = text(root, "", "os");
    Optional<String> architecture = text(root, "", "architecture");
    return os.isPresent() && architecture.isPresent()
        ? Optional.of(Platform.of(os.get(), architecture.get(), text(root, "", "variant")))
        : Optional.empty();
  }

  /** Returns the digests that a configuration gives its uncompressed layers. */
  List<Digest> diffIds() throws GantryException {
    List<Digest> diffIds = new ArrayList<>();
    for (String text : texts(root.path("rootfs"), "rootfs", "diff_ids")) {
      try {
        diffIds.add(Digest.parse(text));
      } catch (IllegalArgumentException e) {
        throw new GantryException(
            Kind.INVALID_IMAGE, "%s: rootfs.diff_ids: %s".formatted(origin, e.getMessage()), e);
      }
    }
    return diffIds;
  }

  DockerImage toDockerImage() throws GantryException {
    return new DockerImage(
        required(root, "", "Config"), texts(root, "", "RepoTags"), texts(root, "", "Layers"));
  }

  void checkLayoutVersion(String supported) throws GantryException {
    String version = required(root, "", "imageLayoutVersion");
    if (!version.equals(supported)) {
      throw invalid(
          "image layout version '%s' is not supported, only %s"
              .formatted(Excerpt.of(version), supported));
    }
  }

  private void checkDocument(String mediaType) throws GantryException {
    JsonNode version = root.path("schemaVersion");
    if (version.isIntegralNumber() && version.canConvertToInt() && version.intValue() == 1) {
      throw schema1();
    }
    if (!version.isIntegralNumber() || !version.canConvertToInt() || version.intValue() != 2) {
      throw invalid("'schemaVersion' must be 2");
    }
    Optional<String> stated = text(root, "", "mediaType");
    if (stated.isPresent() && !stated.get().equals(mediaType)) {
      throw invalid(
          "states the media type '%s' but is described as '%s'"
              .formatted(Excerpt.of(stated.get()), mediaType));
    }
  }

  private GantryException schema1() {
    return new GantryException(
        Kind.INVALID_IMAGE,
        origin
            + ": Docker schema 1 is refused, its content cannot be verified; convert the image"
            + " first, for example with 'skopeo copy --format oci'");
  }

  private Optional<Descriptor> subject(Consumer<GantryException> mismatches)
      throws GantryException {
    JsonNode node = root.path("subject");
    return absent(node) ? Optional.empty() : Optional.of(descriptor(node, "subject", mismatches));
  }

  private List<Descriptor> descriptors(String name, Consumer<GantryException> mismatches)
      throws GantryException {
    JsonNode array = root.path(name);
    if (absent(array)) {
      // Go writes null for a list that nobody filled.
      return List.of();
    }
    if (!array.isArray()) {
      throw invalid("'%s' must be an array".formatted(name));
    }
    List<Descriptor> descriptors = new ArrayList<>(array.size());
    for (int i = 0; i < array.size(); i++) {
      descriptors.add(descriptor(array.get(i), name + "[" + i + "]", mismatches));
    }
    return descriptors;
  }

  private Descriptor descriptor(JsonNode node, String path, Consumer<GantryException> mismatches)
      throws GantryException {
    if (!node.isObject()) {
      throw invalid("'%s' must be a descriptor".formatted(path));
    }
    String mediaType = required(node, path, "mediaType");
    if (MediaTypes.isDockerSchema1(mediaType)) {
      throw schema1();
    }
    JsonNode size = node.path("size");
    if (!size.isIntegralNumber() || !size.canConvertToLong()) {
      throw invalid(
          "%s.size: '%s' is not a size: expected a whole number from 0 to %d"
              .formatted(
                  path,
                  Excerpt.of(size.isMissingNode() ? "" : JsonTree.text(size)),
                  Long.MAX_VALUE));
    }
    Descriptor descriptor;
    try {
      descriptor =
          new Descriptor(
              mediaType,
              Digest.parse(required(node, path, "digest")),
              size.longValue(),
              texts(node, path, "urls"),
              annotations(node, path),
              text(node, path, "data"),
              platform(node, path),
              text(node, path, "artifactType"),
              unknownFields(node, DESCRIPTOR_FIELDS));
    } catch (IllegalArgumentException e) {
      throw new GantryException(
          Kind.INVALID_IMAGE, "%s: %s: %s".formatted(origin, path, e.getMessage()), e);
    }
    if (!descriptor.dataMatches()) {
      mismatches.accept(
          new GantryException(
              Kind.CONTENT_MISMATCH,
              "%s: %s.data: the embedded content is not that of %s, %d bytes"
                  .formatted(origin, path, descriptor.digest(), descriptor.size())));
    }
    return descriptor;
  }

  private Optional<Platform> platform(JsonNode parent, String path) throws GantryException {
    JsonNode node = parent.path("platform");
    if (absent(node)) {
      return Optional.empty();
    }
    String at = path + ".platform";
    if (!node.isObject()) {
      throw invalid("'%s' must be an object".formatted(at));
    }
    return Optional.of(
        new Platform(
            required(node, at, "os"),
            required(node, at, "architecture"),
            text(node, at, "variant"),
            text(node, at, "os.version"),
            texts(node, at, "os.features"),
            unknownFields(node, PLATFORM_FIELDS)));
  }

  private Map<String, String> annotations(JsonNode parent, String path) throws GantryException {
    JsonNode node = parent.path("annotations");
    Map<String, String> annotations = new LinkedHashMap<>();
    if (absent(node)) {
      return annotations;
    }
    if (!node.isObject()) {
      throw invalid("'%s.annotations' must be an object".formatted(path));
    }
    for (Map.Entry<String, JsonNode> member : node.properties()) {
      if (!member.getValue().isString()) {
        throw invalid(
            "'%s.annotations.%s' must be a string".formatted(path, Excerpt.of(member.getKey())));
      }
      annotations.put(member.getKey(), member.getValue().stringValue());
    }
    return annotations;
  }

  private static Map<String, String> unknownFields(JsonNode node, Set<String> known) {
    Map<String, String> unknown = new LinkedHashMap<>();
    for (Map.Entry<String, JsonNode> member : node.properties()) {
      if (!known.contains(member.getKey())) {
        unknown.put(member.getKey(), JsonTree.text(member.getValue()));
      }
    }
    return unknown;
  }

  private List<String> texts(JsonNode node, String path, String name) throws GantryException {
    JsonNode array = node.path(name);
    if (absent(array)) {
      return List.of();
    }
    List<String> texts = new ArrayList<>();
    for (JsonNode element : array) {
      if (!element.isString()) {
        throw invalid("'%s' must be an array of strings".formatted(join(path, name)));
      }
      texts.add(element.stringValue());
    }
    if (!array.isArray()) {
      throw invalid("'%s' must be an array of strings".formatted(join(path, name)));
    }
    return texts;
  }

  private String required(JsonNode node, String path, String name) throws GantryException {
    return text(node, path, name)
        .orElseThrow(() -> invalid("'%s' is missing".formatted(join(path, name))));
  }

  private Optional<String> text(JsonNode node, String path, String name) throws GantryException {
    JsonNode value = node.path(name);
    if (absent(value)) {
      return Optional.empty();
    }
    if (!value.isString()) {
      throw invalid("'%s' must be a string".formatted(join(path, name)));
    }
    return Optional.of(value.stringValue());
  }

  private static String join(String path, String name) {
    return path.isEmpty() ? name : path + "." + name;
  }

  private static boolean absent(JsonNode node) {
    return node.isMissingNode() || node.isNull();
  }

  private GantryException invalid(String complaint) {
    return new GantryException(
        Kind.INVALID_IMAGE, "%s: %s; build or fetch the image again".formatted(origin, complaint));
  }

  /** Returns the document as a tree, to be merged into. */
  ObjectNode root() {
    return root;
  }
}
