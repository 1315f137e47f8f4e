package io.gantry.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** Layouts in which tools of others keep referrers; see {@code referrers/make}. */
final class ReferrersOfOthersTest {
  @TempDir private Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"oras", "regctl"})
  void travelWithTheirSubject(String tool) {
    String source = "dir:src/test/resources/referrers/" + tool + ":v1";
    String target = "dir:" + folder.resolve("layout");
    Run.of("export", "--referrers", source, target).succeeds();
    JsonNode images = Run.of("inspect", "--json", target).succeeds().json().get("images");
    assertThat(images).hasSize(3);
    JsonNode artifact = images.get(0);
    JsonNode sbom = images.get(1);
    JsonNode signature = images.get(2);
    assertThat(artifact.get("names").get(0).stringValue()).isEqualTo("v1");
    assertThat(sbom.get("names").isEmpty()).isTrue();
    assertThat(sbom.get("subject")).isEqualTo(artifact.get("digest"));
    assertThat(sbom.get("artifactType").stringValue()).isEqualTo("application/spdx+json");
    assertThat(signature.get("subject")).isEqualTo(sbom.get("digest"));
  }
}
