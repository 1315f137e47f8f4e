package io.gantry.cli;

import io.gantry.api.oci.Descriptor;
import java.util.List;
import tools.jackson.core.json.JsonWriteFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** JSON for programs, in ASCII alone so that it is harmless on a terminal too. */
final class JsonOutput {
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  private JsonOutput() {}

  /** Returns an empty object. */
  static ObjectNode object() {
    return NODES.objectNode();
  }

  /** Returns an array of strings. */
  static ArrayNode strings(List<String> values) {
    ArrayNode array = NODES.arrayNode();
    values.forEach(array::add);
    return array;
  }

  /** Returns an array of what is known of each blob. */
  static ArrayNode descriptors(List<Descriptor> blobs) {
    ArrayNode array = NODES.arrayNode();
    blobs.forEach(blob -> describe(array.addObject(), blob));
    return array;
  }

  /** Adds what is known of a blob to an object. */
  static void describe(ObjectNode object, Descriptor blob) {
    object.put("digest", blob.digest().toString());
    object.put("mediaType", blob.mediaType());
    object.put("size", blob.size());
  }

  /** Prints a document. */
  static void print(Output output, JsonNode document) {
    JsonMapper mapper =
        JsonMapper.builder()
            .enable(JsonWriteFeature.ESCAPE_NON_ASCII)
            .enable(SerializationFeature.INDENT_OUTPUT)
            .build();
    // DEL is ASCII, and the one control character that JSON lets stand.
    output.out().println(mapper.writeValueAsString(document).replace("\u007f", "\\u007f"));
  }
}
