package io.gantry.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.gantry.api.oci.Annotations;
import io.gantry.api.oci.Descriptor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

final class InspectCommandTest {
  @TempDir private Path folder;

  @Test
  void drawsATreeOfAnImage() throws IOException {
    String out = Run.of("inspect", "dir:" + Layouts.app(folder)).succeeds().out();
    assertThat(out.lines())
        .satisfiesExactly(
            line -> assertThat(line).isEqualTo("docker.io/library/app:1.0"),
            line -> assertThat(line).matches("manifest sha256:\\w+ {2}[0-9.]+ kB, linux/amd64"),
            line -> assertThat(line).matches("├─ config   sha256:\\w+ {2}\\d+ B, .*config.*"),
            line -> assertThat(line).matches("├─ layer    sha256:\\w+ {2}100 B, .*tar\\+gzip"),
            line -> assertThat(line).matches("└─ layer    sha256:\\w+ {2}3\\.0 kB, .*tar\\+gzip"),
            line -> assertThat(line).isEmpty(),
            line -> assertThat(line).matches("dir:.*: 1 image, 4 blobs, [0-9.]+ kB"));
  }

  @Test
  void showsPlatformsAndWhatIsMissing() throws IOException {
    String out = Run.of("inspect", "dir:" + Layouts.partial(folder)).succeeds().out();
    assertThat(out)
        .contains("index    sha256:", "├─ manifest sha256:", "│  └─ layer    sha256:")
        .containsPattern("└─ manifest sha256:\\w+ {2}not in the source, linux/arm64")
        // All that is there is in the index, so that both have one size.
        .containsPattern("(?s)index    sha256:\\w+ {2}([0-9.]+ kB).*, \\1\n$");
  }

  @Test
  void countsSharedBlobsOnce() throws IOException {
    String source =
        "dir:"
            + Layouts.write(
                folder,
                make -> {
                  Descriptor shared = make.layer(9000);
                  make.offer(make.image(List.of(shared)), "app:1");
                  make.offer(make.image(List.of(shared)), "app:2");
                });
    JsonNode json = Run.of("inspect", "--json", source).succeeds().json();
    assertThat(json.get("images")).hasSize(2);
    assertThat(json.get("blobs").intValue()).isEqualTo(5);
    assertThat(json.get("totalBytes").longValue()).isBetween(9000L, 18000L);
    assertThat(Run.of("inspect", source).succeeds().out()).contains("2 images, 5 blobs");
  }

  @Test
  void expandsADocumentOnce() throws IOException {
    String source =
        "dir:"
            + Layouts.write(
                folder,
                make -> {
                  Descriptor index = make.index(make.image(10));
                  for (int i = 0; i < 20; i++) {
                    index = make.index(index, index);
                  }
                  make.offer(index, "laughs:1");
                });
    String out = Run.of("inspect", source).succeeds().out();
    assertThat(out.lines().filter(line -> line.contains("shown above"))).hasSize(20);
  }

  @Test
  void showsWhatRefersToWhat() throws IOException {
    String source =
        "dir:"
            + Layouts.write(
                folder,
                make -> {
                  Descriptor image = make.offer(make.image(10), "app:1");
                  make.offer(
                      make.artifact("application/x-sbom", image, 5)
                          .withAnnotations(Map.of(Annotations.SUBJECT, image.digest().toString())));
                });
    String out = Run.of("inspect", source).succeeds().out();
    assertThat(out).contains("(no name)\nrefers to sha256:").contains(", application/x-sbom\n");
    JsonNode artifact = Run.of("inspect", "--json", source).succeeds().json().get("images").get(1);
    assertThat(artifact.get("artifactType").stringValue()).isEqualTo("application/x-sbom");
    assertThat(artifact.get("subject").stringValue()).startsWith("sha256:");
    assertThat(artifact.get("children").get(0).get("role").stringValue()).isEqualTo("config");
  }

  @Test
  void showsOneImageWhenTold() throws IOException {
    String source =
        "dir:"
            + Layouts.write(
                folder,
                make -> {
                  make.offer(make.image(10), "app:1");
                  make.offer(make.image(20), "app:2");
                });
    assertThat(Run.of("inspect", source + ":app:2").succeeds().out())
        .contains("app:2", "1 image, 3 blobs")
        .doesNotContain("app:1");
    Run.of("inspect", source + ":app:3").refuses(ExitCode.NOT_FOUND, "app:3");
  }

  @Test
  void escapesWhatTheImageSays() throws IOException {
    String source =
        "dir:"
            + Layouts.write(
                folder,
                make ->
                    make.offer(
                        make.image(10)
                            .withAnnotations(Map.of(Annotations.REF_NAME, "\u001b[2Jfake\nline"))));
    assertThat(Run.of("inspect", source).succeeds().out()).startsWith("\\x1b[2Jfake\\x0aline\n");
  }
}
