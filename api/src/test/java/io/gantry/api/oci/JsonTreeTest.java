package io.gantry.api.oci;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.core.JacksonException;

final class JsonTreeTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "[]",
        "{\"a\":{\"b\":[1,[],{}]},\"c\":null}",
        "[true,false,null,\"\"]",
        "[0,-1,2147483648,-9223372036854775808,9223372036854775808,100000000000000000000000000000]",
        "[1.50,0.1,-2.0]",
        "[\"\\u003ca\\u0026b\\u003e\",\"\\n\\\"\\\\/\",\"é€😀\"]"
      })
  void writesWhatItHasRead(String text) {
    assertThat(JsonTree.text(JsonTree.parse(text))).isEqualTo(text);
    assertThat(JsonTree.bytes(JsonTree.parse(text)))
        .isEqualTo(text.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void keepsHalfASurrogatePair() {
    String text = "[\"\\ud800\",\"x\\udc00y\"]";

    assertThat(new String(JsonTree.bytes(JsonTree.parse(text)), StandardCharsets.UTF_8))
        .isEqualToIgnoringCase(text);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{} {}",
        "{}]",
        "{}x",
        "{",
        "{\"a\":}",
        "[1,]",
        "1e99999999999",
        "[1.0e-2147483649]",
        "{\"a\":1,\"a\":2}",
        "NaN",
        "'a'"
      })
  void refusesWhatIsNotOneValue(String text) {
    assertThatThrownBy(() -> JsonTree.parse(text)).isInstanceOf(JacksonException.class);
  }

  @Test
  void refusesWhatIsNestedTooDeeply() {
    String deep = "[".repeat(64) + "]".repeat(64);

    assertThat(JsonTree.text(JsonTree.parse(deep))).isEqualTo(deep);
    assertThatThrownBy(() -> JsonTree.parse("[" + deep + "]"))
        .isInstanceOf(JacksonException.class)
        .hasMessageContaining("nesting depth");
  }

  @Test
  void findsNothingInNothing() {
    assertThat(JsonTree.parse(" ").isMissingNode()).isTrue();
  }
}
