package io.gantry.api.oci;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Writes {@code index.json}: the bytes of Go's encoding/json for the image-spec's Go types. */
final class IndexJson {
  private IndexJson() {}

  /** Returns an index of these entries. */
  static byte[] of(List<Descriptor> manifests) {
    ObjectNode root = JsonTree.NODES.objectNode();
    root.put("schemaVersion", 2);
    ArrayNode entries = root.putArray("manifests");
    manifests.forEach(manifest -> entries.add(entry(manifest)));
    return JsonTree.bytes(root);
  }

  /** Returns an index with entries added to it, each in the place of one of the same name. */
  static byte[] withEntries(ObjectNode root, List<Descriptor> added) {
    JsonNode entries = root.path("manifests");
    Map<String, ObjectNode> changes = new LinkedHashMap<>();
    added.forEach(
        descriptor -> {
          ObjectNode entry = entry(descriptor);
          changes.put(keyOf(entry), entry);
        });
    Set<String> placed = new HashSet<>();
    ArrayNode merged = JsonTree.NODES.arrayNode();
    for (JsonNode entry : entries) {
      ObjectNode change = changes.get(keyOf(entry));
      if (change == null) {
        merged.add(entry);
      } else if (placed.add(keyOf(entry))) {
        merged.add(change);
      }
    }
    changes.forEach(
        (key, entry) -> {
          if (!placed.contains(key)) {
            merged.add(entry);
          }
        });
    root.set("manifests", merged);
    return JsonTree.bytes(root);
  }

  /** Returns an index in which each entry is described as given, or left out. */
  static byte[] rewritten(ObjectNode root, List<Optional<Descriptor>> entries) {
    ArrayNode kept = JsonTree.NODES.arrayNode();
    JsonNode old = root.path("manifests");
    for (int i = 0; i < entries.size(); i++) {
      if (entries.get(i).isPresent() && old.get(i) instanceof ObjectNode entry) {
        Descriptor now = entries.get(i).get();
        String digest = now.digest().toString();
        if (!entry.path("digest").asString("").equals(digest)) {
          entry.put("digest", digest).put("size", now.size()).remove("data");
        }
        kept.add(entry);
      }
    }
    root.set("manifests", kept);
    return JsonTree.bytes(root);
  }

  /** One image has one name, and what has no name is told apart by its digest. */
  private static String keyOf(JsonNode entry) {
    String name = nameOf(entry);
    return name.isEmpty() ? "@" + entry.path("digest").asString("") : name;
  }

  private static String nameOf(JsonNode entry) {
    JsonNode annotations = entry.path("annotations");
    String full = annotations.path(Annotations.IMAGE_NAME).asString("");
    return full.isEmpty() ? annotations.path(Annotations.REF_NAME).asString("") : full;
  }

  private static ObjectNode entry(Descriptor descriptor) {
    ObjectNode node = JsonTree.NODES.objectNode();
    node.put("mediaType", descriptor.mediaType());
    node.put("digest", descriptor.digest().toString());
    node.put("size", descriptor.size());
    if (!descriptor.urls().isEmpty()) {
      ArrayNode urls = node.putArray("urls");
      descriptor.urls().forEach(urls::add);
    }
    if (!descriptor.annotations().isEmpty()) {
      ObjectNode annotations = node.putObject("annotations");
      // Go sorts the keys of a map, and so does every archive that containerd writes.
      Map<String, String> sorted = new TreeMap<>(IndexJson::compareBytes);
      sorted.putAll(descriptor.annotations());
      sorted.forEach(annotations::put);
    }
    descriptor.data().ifPresent(data -> node.put("data", data));
    descriptor.platform().ifPresent(platform -> node.set("platform", platform(platform)));
    descriptor.artifactType().ifPresent(type -> node.put("artifactType", type));
    descriptor.unknownFields().forEach((name, json) -> node.set(name, JsonTree.parse(json)));
    return node;
  }

  private static int compareBytes(String a, String b) {
    return Arrays.compareUnsigned(
        a.getBytes(StandardCharsets.UTF_8), b.getBytes(StandardCharsets.UTF_8));
  }

  private static ObjectNode platform(Platform platform) {
    ObjectNode node = JsonTree.NODES.objectNode();
    node.put("architecture", platform.architecture());
    node.put("os", platform.os());
    platform.osVersion().ifPresent(version -> node.put("os.version", version));
    if (!platform.osFeatures().isEmpty()) {
      ArrayNode features = node.putArray("os.features");
      platform.osFeatures().forEach(features::add);
    }
    platform.variant().ifPresent(variant -> node.put("variant", variant));
    platform.unknownFields().forEach((name, json) -> node.set(name, JsonTree.parse(json)));
    return node;
  }
}
