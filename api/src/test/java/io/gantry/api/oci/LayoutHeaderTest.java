package io.gantry.api.oci;

import static io.gantry.api.FailureAssert.assertFailure;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import io.gantry.api.GantryException.Kind;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class LayoutHeaderTest {
  private static final String ORIGIN = "/images/oci-layout";

  @Test
  void isWrittenAsContainerdWritesIt() {
    assertThat(LayoutHeader.toJson())
        .asString(UTF_8)
        .isEqualTo("{\"imageLayoutVersion\":\"1.0.0\"}");
  }

  @Test
  void takesWhatItWrites() {
    assertThatCode(() -> LayoutHeader.check(ORIGIN, LayoutHeader.toJson()))
        .doesNotThrowAnyException();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{ \"imageLayoutVersion\" : \"1.0.0\" }\n",
        "{\"later\":1,\"imageLayoutVersion\":\"1.0.0\"}"
      })
  void takesOtherWritingsOfTheSame(String json) {
    assertThatCode(() -> LayoutHeader.check(ORIGIN, json.getBytes(UTF_8)))
        .doesNotThrowAnyException();
  }

  @ParameterizedTest
  @MethodSource
  void refusesAnyOtherVersion(String json, String complaint) {
    assertFailure(Kind.INVALID_IMAGE, () -> LayoutHeader.check(ORIGIN, json.getBytes(UTF_8)))
        .complains(ORIGIN + ": " + complaint);
  }

  static Stream<Arguments> refusesAnyOtherVersion() {
    String missing = "'imageLayoutVersion' is missing";
    return Stream.of(
        argumentSet("newer", version("\"2.0.0\""), unsupported("2.0.0")),
        argumentSet("shorter", version("\"1.0\""), unsupported("1.0")),
        argumentSet("empty", version("\"\""), unsupported("")),
        argumentSet("a number", version("1"), "'imageLayoutVersion' must be a string"),
        argumentSet("null", version("null"), missing),
        argumentSet("in another case", "{\"ImageLayoutVersion\":\"1.0.0\"}", missing),
        argumentSet("none", "{}", missing),
        argumentSet("no object", "[]", "not a JSON object"));
  }

  private static String version(String json) {
    return "{\"imageLayoutVersion\":%s}".formatted(json);
  }

  private static String unsupported(String version) {
    return "image layout version '%s' is not supported, only 1.0.0".formatted(version);
  }

  @Test
  void quotesTheVersionInOneLine() {
    byte[] json = "{\"imageLayoutVersion\":\"1\\n\\u001b[31m\"}".getBytes(UTF_8);

    assertFailure(Kind.INVALID_IMAGE, () -> LayoutHeader.check(ORIGIN, json))
        .hasMessageContaining("is not supported");
  }
}
