package io.gantry.api.oci;

import java.io.ByteArrayOutputStream;
import java.io.StringWriter;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.exc.StreamReadException;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.json.JsonWriteFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Text to trees and back, with Jackson's parser, generator and nodes and without its mapper: to
 * make one takes a JVM that has just started longer than a small export takes in all.
 */
final class JsonTree {
  static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  /** Also how deep {@link #value} and {@link #write} descend. */
  private static final int MAX_DEPTH = 64;

  private static final JsonFactory FORMAT =
      JsonFactory.builder()
          .streamReadConstraints(StreamReadConstraints.builder().maxNestingDepth(MAX_DEPTH).build())
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .disable(JsonWriteFeature.ESCAPE_FORWARD_SLASHES)
          .disable(JsonWriteFeature.WRITE_HEX_UPPER_CASE)
          .characterEscapes(new GoEscapes())
          .build();

  private JsonTree() {}

  /**
   * Returns the one value of a text, or a missing node if there is none in it.
   *
   * @throws JacksonException if it is not JSON
   */
  static JsonNode parse(String text) {
    try (JsonParser parser = FORMAT.createParser(ObjectReadContext.empty(), text)) {
      JsonToken first = parser.nextToken();
      JsonNode root = first == null ? NODES.missingNode() : document(parser, first);
      if (parser.nextToken() != null) {
        throw new StreamReadException(parser, "there is more after the end of the document");
      }
      return root;
    }
  }

  private static JsonNode document(JsonParser parser, JsonToken first) {
    try {
      return value(parser, first);
    } catch (NumberFormatException e) {
      // Of an exponent beyond those of Java, which the parser leaves to it.
      throw new StreamReadException(parser, "a number is out of range", e);
    }
  }

  private static JsonNode value(JsonParser parser, JsonToken token) {
    return switch (token) {
      case START_OBJECT -> object(parser);
      case START_ARRAY -> array(parser);
      case VALUE_STRING -> NODES.stringNode(parser.getString());
      case VALUE_NUMBER_INT -> integer(parser);
      case VALUE_NUMBER_FLOAT -> NODES.numberNode(parser.getDecimalValue());
      case VALUE_TRUE -> NODES.booleanNode(true);
      case VALUE_FALSE -> NODES.booleanNode(false);
      case VALUE_NULL -> NODES.nullNode();
      default -> throw new StreamReadException(parser, "unexpected " + token);
    };
  }

  private static JsonNode integer(JsonParser parser) {
    return switch (parser.getNumberType()) {
      case INT -> NODES.numberNode(parser.getIntValue());
      case LONG -> NODES.numberNode(parser.getLongValue());
      default -> NODES.numberNode(parser.getBigIntegerValue());
    };
  }

  private static ObjectNode object(JsonParser parser) {
    ObjectNode object = NODES.objectNode();
    for (String name = parser.nextName(); name != null; name = parser.nextName()) {
      object.set(name, value(parser, parser.nextToken()));
    }
    return object;
  }

  private static ArrayNode array(JsonParser parser) {
    ArrayNode array = NODES.arrayNode();
    for (JsonToken token = parser.nextToken();
        token != JsonToken.END_ARRAY;
        token = parser.nextToken()) {
      array.add(value(parser, token));
    }
    return array;
  }

  /** Returns a tree as text, with the escapes of Go's encoding/json. */
  static String text(JsonNode root) {
    StringWriter text = new StringWriter();
    try (JsonGenerator generator = FORMAT.createGenerator(ObjectWriteContext.empty(), text)) {
      write(root, generator);
    }
    return text.toString();
  }

  /** Returns a tree as UTF-8. */
  static byte[] bytes(JsonNode root) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    // Not by way of a text: half a surrogate pair would not survive that.
    try (JsonGenerator generator = FORMAT.createGenerator(ObjectWriteContext.empty(), bytes)) {
      write(root, generator);
    }
    return bytes.toByteArray();
  }

  private static void write(JsonNode node, JsonGenerator generator) {
    switch (node.getNodeType()) {
      case OBJECT -> {
        generator.writeStartObject();
        for (Map.Entry<String, JsonNode> member : node.properties()) {
          generator.writeName(member.getKey());
          write(member.getValue(), generator);
        }
        generator.writeEndObject();
      }
      case ARRAY -> {
        generator.writeStartArray();
        for (JsonNode element : node) {
          write(element, generator);
        }
        generator.writeEndArray();
      }
      case STRING -> generator.writeString(node.stringValue());
      case BOOLEAN -> generator.writeBoolean(node.booleanValue());
      case NUMBER -> writeNumber(node, generator);
      case NULL -> generator.writeNull();
      case BINARY, POJO, MISSING ->
          throw new IllegalStateException("no text gives a node of type " + node.getNodeType());
    }
  }

  private static void writeNumber(JsonNode node, JsonGenerator generator) {
    if (!node.isIntegralNumber()) {
      generator.writeNumber(node.decimalValue());
    } else if (node.canConvertToLong()) {
      generator.writeNumber(node.longValue());
    } else {
      generator.writeNumber(node.bigIntegerValue());
    }
  }
}
