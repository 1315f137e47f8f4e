package io.gantry.api.oci;

import static io.gantry.api.FailureAssert.assertFailure;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.gantry.api.GantryException;
import io.gantry.api.GantryException.Kind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ImageConfigTest {
  private static final Digest DIGEST = Digest.parse("sha256:" + "a1".repeat(32));

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[\"x\",\"y\"]}} | 2",
        "{\"rootfs\":{\"diff_ids\":[]}}                                | 0"
      })
  void countsTheLayers(String json, int count) throws GantryException {
    assertThat(ImageConfig.layerCount(DIGEST, json.getBytes(UTF_8))).hasValue(count);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "{\"rootfs\":null}",
        "{\"rootfs\":[]}",
        "{\"rootfs\":{}}",
        "{\"rootfs\":{\"diff_ids\":null}}",
        "{\"rootfs\":{\"diff_ids\":\"x\"}}"
      })
  void countsNothingInWhatIsNoImage(String json) throws GantryException {
    assertThat(ImageConfig.layerCount(DIGEST, json.getBytes(UTF_8))).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "[]", "\"x\"", "binary", "{\"a\":1,\"a\":2}"})
  void refusesWhatIsNoObject(String json) {
    assertFailure(Kind.INVALID_IMAGE, () -> ImageConfig.layerCount(DIGEST, json.getBytes(UTF_8)))
        .hasMessageStartingWith("config " + DIGEST + ": not ");
  }

  @Test
  void tellsTheDigestsOfTheLayers() throws GantryException {
    String json = "{\"rootfs\":{\"diff_ids\":[\"%s\",\"%s\"]}}".formatted(DIGEST, DIGEST);
    assertThat(ImageConfig.diffIds(DIGEST, json.getBytes(UTF_8))).containsExactly(DIGEST, DIGEST);
  }

  @ParameterizedTest
  @ValueSource(strings = {"{}", "{\"rootfs\":[]}", "{\"rootfs\":{\"diff_ids\":null}}"})
  void tellsNoDigestsOfWhatHasNoLayers(String json) throws GantryException {
    assertThat(ImageConfig.diffIds(DIGEST, json.getBytes(UTF_8))).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"[1]", "\"x\"", "[\"x\"]", "[\"md5:00\"]"})
  void refusesDigestsOfLayersThatAreNone(String diffIds) {
    String json = "{\"rootfs\":{\"diff_ids\":" + diffIds + "}}";
    assertFailure(Kind.INVALID_IMAGE, () -> ImageConfig.diffIds(DIGEST, json.getBytes(UTF_8)))
        .hasMessageContainingAll("config " + DIGEST, "diff_ids");
  }
}
