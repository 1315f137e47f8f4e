package io.gantry.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.gantry.api.file.LockFile;
import io.gantry.api.oci.Descriptor;
import io.gantry.testkit.OciLayout;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** {@code gantry remove} and {@code gantry prune}. */
final class LayoutCommandsTest {
  @TempDir private Path folder;
  private final List<Descriptor> images = new ArrayList<>();
  private Path root = Path.of("");
  private String layout = "";

  @BeforeEach
  void writeTheLayout() throws IOException {
    root =
        Layouts.write(
            folder.resolve("layout"),
            make -> {
              images.add(make.offer(make.image(100), "app:1.0"));
              images.add(make.offer(make.image(200), "app:2.0"));
              images.add(make.offer(make.image(300)));
            });
    layout = "dir:" + root;
  }

  private Path manifest(int image) {
    return root.resolve(OciLayout.name(images.get(image).digest()));
  }

  private String index() throws IOException {
    return Files.readString(root.resolve("index.json"));
  }

  @Test
  void removesNamesAndKeepsTheBlobs() throws IOException {
    List<String> before = Layouts.files(root.resolve("blobs"));

    Run run = Run.of("remove", layout + ":1.0", layout + "@" + images.get(2).digest()).succeeds();

    assertThat(run.out()).isEmpty();
    assertThat(run.err())
        .isEqualTo(
            "removed docker.io/library/app:1.0 (%s)\nremoved an entry without a name (%s)\n"
                .formatted(images.get(0).digest(), images.get(2).digest()));
    assertThat(index()).contains("app:2.0").doesNotContain("app:1.0");
    assertThat(Layouts.files(root.resolve("blobs"))).isEqualTo(before);
    assertThat(Run.of("remove", "-q", layout + ":app:2.0").succeeds().err()).isEmpty();
  }

  @Test
  void removesAllOrNothing() throws IOException {
    String before = index();
    Run.of("remove", layout + ":app:1.0", layout + ":app:9.0")
        .refuses(ExitCode.NOT_FOUND, "'app:9.0'", "docker.io/library/app:1.0");
    Run.of("remove", layout + "@" + images.get(0).digest())
        .refuses(ExitCode.USAGE, "docker.io/library/app:1.0");
    assertThat(index()).isEqualTo(before);
  }

  @Test
  void removesFromOneLayoutAtATime() {
    Run.of("remove", layout).refuses(ExitCode.USAGE, "whole layout");
    Run.of("remove", layout + ":1.0", "dir:other:1.0").refuses(ExitCode.USAGE, "another layout");
    Run.of("remove").refuses(ExitCode.USAGE, "see 'gantry remove --help'");
  }

  @Test
  void editsNothingButLayouts() {
    Run.of("remove", "tar:a.tar:1.0").refuses(ExitCode.USAGE, "tar: targets cannot be edited");
    Run.of("prune", "tar:a.tar").refuses(ExitCode.USAGE, "tar: targets cannot be edited");
    Run.of("prune", "nosuch:x").refuses(ExitCode.NO_SUCH_DRIVER, "'nosuch'");
    Run.of("prune", "dir:" + folder.resolve("no")).refuses(ExitCode.NOT_FOUND, "no such folder");
    Run.of("remove", "dir:" + folder.resolve("no") + ":a").refuses(ExitCode.NOT_FOUND);
  }

  @Test
  void handsOptionsToTheDriver() {
    for (String command : List.of("remove", "prune")) {
      String place = command.equals("remove") ? layout + ":1.0" : layout;
      Run.of(command, "-o", "nosuch=1", place).refuses(ExitCode.USAGE, "no option 'nosuch'");
      Run.of(command, "--option=link=maybe", place).refuses(ExitCode.USAGE, "option link='maybe'");
      Run.of(command, "-o", "link=no", "-olink=hard", place).succeeds();
    }
  }

  @Test
  void escapesTheNamesOfImages() throws IOException {
    Files.writeString(
        root.resolve("index.json"), index().replace("app:1.0", "a\\u001b[31m\\n:1.0"));
    Run.of("remove", layout + ":no").refuses(ExitCode.NOT_FOUND, "a\\x1b[31m\\x0a:1.0");
    assertThat(Run.of("remove", layout + ":1.0").succeeds().err())
        .startsWith("removed docker.io/library/a\\x1b[31m\\x0a:1.0 (")
        .hasLineCount(1);
  }

  @Test
  void prunesWhatIsOldEnough() throws IOException {
    Run.of("remove", layout + ":1.0", layout + ":2.0").succeeds();
    Files.setLastModifiedTime(manifest(0), FileTime.from(Instant.now().minus(Duration.ofHours(2))));

    Run run = Run.of("prune", layout).succeeds();

    assertThat(run.out()).isEmpty();
    assertThat(run.err())
        .matches("removed 1 blob, [0-9]+ B from dir:.*layout; 3 kept; 5 younger than 1h\n");
    assertThat(manifest(0)).doesNotExist();
    assertThat(Run.of("prune", "--grace", "3d", layout).succeeds().err())
        .contains("removed 0 blobs");
    assertThat(Run.of("prune", "--grace=0", "-q", layout).succeeds().err()).isEmpty();
    assertThat(manifest(1)).doesNotExist();
    assertThat(manifest(2)).exists();
  }

  @Test
  void printsWhatItWouldRemove() throws IOException {
    Run.of("remove", layout + ":1.0").succeeds();

    Run run = Run.of("prune", "--dry-run", "--grace", "0", layout).succeeds();

    assertThat(run.out()).contains(images.get(0).digest().toString()).hasLineCount(4);
    assertThat(run.err()).matches("would remove 3 blobs, [0-9]+ B from dir:.*layout; 6 kept\n");
    assertThat(manifest(0)).exists();
  }

  @Test
  void printsItsResultAsJson() throws IOException {
    Run.of("remove", layout + ":1.0").succeeds();
    Files.writeString(root.resolve("blobs/sha256/half\n"), "x");
    Path dead = Files.createDirectory(root.resolve(".gantry-00000000deadbeef"));
    Files.createFile(dead.resolve("lock"));

    Run run = Run.of("prune", "--json", "--grace", "0s", layout).succeeds();

    JsonNode json = run.json();
    assertThat(json.get("layout").stringValue()).isEqualTo(layout);
    assertThat(json.get("dryRun").booleanValue()).isFalse();
    assertThat(json.get("removed")).hasSize(3);
    assertThat(json.get("removed").get(0).get("digest").stringValue()).startsWith("sha256:");
    assertThat(json.get("removed").get(0).get("size").longValue()).isPositive();
    assertThat(json.get("bytes").longValue()).isGreaterThan(100);
    assertThat(json.get("kept").intValue()).isEqualTo(6);
    assertThat(json.get("young").isEmpty()).isTrue();
    assertThat(json.get("litter").toString()).isEqualTo("[\".gantry-00000000deadbeef\"]");
    assertThat(json.get("foreign").toString()).isEqualTo("[\"blobs/sha256/half\\n\"]");
    assertThat(run.err())
        .startsWith("gantry: left alone 1 entry that is no blob: blobs/sha256/half\\x0a\n")
        .hasLineCount(2);
  }

  @Test
  void prunesNothingWhileAnExportIsAtWork() throws IOException {
    Run.of("remove", layout + ":1.0").succeeds();
    Path staging = Files.createDirectory(root.resolve(".gantry-00000000cafecafe"));
    try (LockFile lock = LockFile.tryAcquire(staging.resolve("lock")).orElseThrow()) {
      Run.of("prune", "--grace", "0", layout).refuses(ExitCode.FAILED, "an export is at work");
    }
    assertThat(manifest(0)).exists();
  }

  @Test
  void prunesNothingWhenAManifestIsDamaged() throws IOException {
    Run.of("remove", layout + ":1.0").succeeds();
    byte[] content = Files.readAllBytes(manifest(1));
    content[10] ^= 1;
    Files.write(manifest(1), content);
    Run.of("prune", "--grace", "0", layout)
        .refuses(ExitCode.MISMATCH, images.get(1).digest().toString());
    assertThat(manifest(0)).exists();
  }

  @ParameterizedTest
  @ValueSource(strings = {"5", "-1s", "1w", "h", "PT1H", "9999999999s"})
  void refusesAGraceThatItCannotUnderstand(String grace) {
    Run.of("prune", "--grace=" + grace, layout).refuses(ExitCode.USAGE, "'" + grace + "'");
  }

  @Test
  void prunesALayoutWhole() {
    Run.of("prune", layout + ":1.0").refuses(ExitCode.USAGE, "pruned whole");
  }
}
