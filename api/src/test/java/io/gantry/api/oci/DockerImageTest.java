package io.gantry.api.oci;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gantry.api.GantryException;
import io.gantry.api.GantryException.Kind;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DockerImageTest {
  private static List<DockerImage> parse(String json) throws GantryException {
    return DockerImage.parseAll("a.tar: manifest.json", json.getBytes(UTF_8));
  }

  @Test
  void readsWhatDockerWrites() throws GantryException {
    assertThat(
            parse(
                """
                [{"Config":"c.json","RepoTags":["a:1","a:2"],"Layers":["1/layer.tar","2/layer.tar"]},
                 {"Config":"d.json","RepoTags":null,"Layers":null,"Parent":"sha256:12"}]
                """))
        .containsExactly(
            new DockerImage("c.json", List.of("a:1", "a:2"), List.of("1/layer.tar", "2/layer.tar")),
            new DockerImage("d.json", List.of(), List.of()));
    assertThat(parse("[]")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "null",
        "{}",
        "[1]",
        "[null]",
        "[{\"Layers\":[]}]",
        "[{\"Config\":1}]",
        "[{\"Config\":\"c\",\"Layers\":[1]}]",
        "[{\"Config\":\"c\",\"Layers\":\"l\"}]",
        "[{\"Config\":\"c\",\"Config\":\"d\"}]"
      })
  void refusesAnythingElse(String json) {
    assertThatThrownBy(() -> parse(json))
        .isInstanceOfSatisfying(
            GantryException.class, e -> assertThat(e.kind()).isEqualTo(Kind.INVALID_IMAGE))
        .hasMessageStartingWith("a.tar: manifest.json");
  }
}
