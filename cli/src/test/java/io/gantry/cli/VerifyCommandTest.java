package io.gantry.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.gantry.api.oci.Descriptor;
import io.gantry.api.oci.Digest;
import io.gantry.testkit.ImageFactory;
import io.gantry.testkit.OciLayout;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

final class VerifyCommandTest {
  private static final String APP = "docker.io/library/app:1.0";

  @TempDir private Path folder;
  private final List<Descriptor> layers = new ArrayList<>();
  private final List<Descriptor> images = new ArrayList<>();
  private Path layout = Path.of("");

  @BeforeEach
  void writeTheLayout() throws IOException {
    layout =
        Layouts.write(
            folder.resolve("layout"),
            make -> {
              for (int size : new int[] {100, 200, 300}) {
                layers.add(make.layer(size));
              }
              images.add(make.offer(make.image(layers), "app:1.0"));
              images.add(make.offer(make.image(List.of(layers.get(0))), "other:2.0"));
            });
  }

  private Path file(Digest blob) {
    return layout.resolve(OciLayout.name(blob));
  }

  private void flip(Digest blob) throws IOException {
    byte[] content = Files.readAllBytes(file(blob));
    content[content.length / 2] ^= 1;
    Files.write(file(blob), content);
  }

  private static Run fails(String... args) {
    Run run = Run.of(args);
    assertThat(run.code()).as(run.err()).isEqualTo(ExitCode.MISMATCH.value());
    return run;
  }

  @Test
  void sumsUpWhatIsRight() {
    Run run = Run.of("verify", "dir:" + layout).succeeds();
    assertThat(run.out()).isEmpty();
    assertThat(run.err())
        .matches("verified 2 images, 7 blobs, [0-9.]+ k?B of dir:.*layout; nothing is wrong\n");
    assertThat(Run.of("verify", "-q", "dir:" + layout).succeeds().err()).isEmpty();
  }

  @Test
  void tellsEveryFaultAndWhatNeedsTheBlob() throws IOException {
    Digest missing = layers.get(0).digest();
    Digest cut = layers.get(1).digest();
    Digest altered = layers.get(2).digest();
    Files.delete(file(missing));
    Files.write(file(cut), new byte[10]);
    flip(altered);

    Run run = fails("verify", "dir:" + layout);

    String neededBy = "; needed by %s > %s\n".formatted(APP, images.get(0).digest());
    assertThat(run.out())
        .startsWith("missing %s: not in the source%s".formatted(missing, neededBy))
        .contains("short %s: 200 bytes expected, 10 in the source%s".formatted(cut, neededBy))
        .contains("altered %s: its 300 bytes have the digest sha256:".formatted(altered))
        .hasLineCount(3);
    assertThat(run.err()).endsWith("layout; 3 faults\n").hasLineCount(1);
  }

  @Test
  void looksAtTheSelectedImageAlone() throws IOException {
    flip(layers.get(2).digest());
    Run.of("verify", "dir:" + layout + ":other:2.0").succeeds();
    Run.of("verify", "dir:" + layout + "@" + images.get(1).digest()).succeeds();
    fails("verify", "dir:" + layout + ":app:1.0");
    fails("verify", "dir:" + layout + "@" + images.get(0).digest());
  }

  @Test
  void tellsOfBlobsThatNoImageNeedsAndSucceeds() throws IOException {
    Path spare = Layouts.write(folder.resolve("spare"), make -> make.layer(50));
    Path blob = spare.resolve(Layouts.files(spare.resolve("blobs/sha256")).get(0));
    String name = String.valueOf(blob.getFileName());
    Files.copy(spare.resolve("blobs/sha256").resolve(name), layout.resolve("blobs/sha256/" + name));

    Run run = Run.of("verify", "dir:" + layout).succeeds();

    assertThat(run.out())
        .isEqualTo("unreachable sha256:%s: no image needs its 50 bytes\n".formatted(name));
    assertThat(run.err()).endsWith("nothing is wrong; 1 unreachable\n");

    Files.write(layout.resolve("blobs/sha256/" + name), new byte[50]);
    assertThat(fails("verify", "dir:" + layout).out())
        .startsWith("altered sha256:" + name)
        .contains("; no image needs this blob\n");
  }

  @Test
  void verifiesAStoreWithoutNamesBlobByBlob() throws IOException {
    assertThat(Run.of("verify", "store:" + layout).succeeds().out()).hasLineCount(7);
    flip(layers.get(1).digest());
    assertThat(fails("verify", "store:" + layout).out())
        .startsWith("altered " + layers.get(1).digest());
    fails("verify", "store:" + layout + "@" + images.get(0).digest());
  }

  @Test
  void skipsLayersThatMayNotBeDistributed() throws IOException {
    Path foreign =
        Layouts.write(
            folder.resolve("foreign"),
            make ->
                make.offer(
                    make.image(List.of(make.absentLayer(ImageFactory.NON_DISTRIBUTABLE, 9)))));
    Run run = Run.of("verify", "dir:" + foreign).succeeds();
    assertThat(run.out()).startsWith("skipped sha256:").hasLineCount(1);
    assertThat(run.err()).endsWith("nothing is wrong; 1 skipped\n");
  }

  @Test
  void printsItsReportAsJson() throws IOException {
    Digest altered = layers.get(2).digest();
    flip(altered);

    JsonNode json = fails("verify", "--json", "dir:" + layout).json();

    assertThat(json.get("source").stringValue()).isEqualTo("dir:" + layout);
    assertThat(json.get("sound").booleanValue()).isFalse();
    assertThat(json.get("images").intValue()).isEqualTo(2);
    assertThat(json.get("blobs").intValue()).isEqualTo(7);
    assertThat(json.get("bytes").longValue()).isGreaterThan(600);
    assertThat(json.get("faults")).hasSize(1);
    JsonNode fault = json.get("faults").get(0);
    assertThat(fault.get("kind").stringValue()).isEqualTo("altered");
    assertThat(fault.get("digest").stringValue()).isEqualTo(altered.toString());
    assertThat(fault.get("neededBy").get("image").stringValue()).isEqualTo(APP);
    assertThat(fault.get("neededBy").get("documents").get(0).stringValue())
        .isEqualTo(images.get(0).digest().toString());
    assertThat(json.get("skipped").isEmpty()).isTrue();
    assertThat(json.get("unreachable").isEmpty()).isTrue();
    assertThat(
            Run.of("verify", "--json", "dir:" + layout + ":2.0")
                .succeeds()
                .json()
                .has("unreachable"))
        .isFalse();
  }

  @Test
  void saysWhatIsNotThere() {
    Run.of("verify", "dir:" + folder.resolve("nowhere")).refuses(ExitCode.NOT_FOUND, "nowhere");
    Run.of("verify", "dir:" + layout + ":nope").refuses(ExitCode.NOT_FOUND, "'nope'", APP);
  }

  @Test
  void takesAnIndexThatIsNoneForAFault() throws IOException {
    Files.writeString(layout.resolve("index.json"), "{\"schemaVersion\":2}");
    Run.of("verify", "dir:" + layout).refuses(ExitCode.MISMATCH, "index.json", "'manifests'");
    JsonNode json = fails("verify", "--json", "dir:" + layout).json();
    assertThat(json.get("sound").asBoolean()).isFalse();
    assertThat(json.get("error").asString()).contains("'manifests'");
  }

  @Test
  void escapesTheNamesOfImages() throws IOException {
    String index = Files.readString(layout.resolve("index.json"));
    Files.write(
        layout.resolve("index.json"), index.replace(APP, "a\\u001b[31mb\\n").getBytes(UTF_8));
    flip(layers.get(2).digest());
    assertThat(fails("verify", "dir:" + layout).out())
        .contains("a\\x1b[31mb\\x0a > ")
        .hasLineCount(1);
  }

  @Test
  void refusesToHashNothingAtATime() {
    Run.of("verify", "--parallel", "0", "dir:" + layout).refuses(ExitCode.USAGE, "--parallel");
    Run.of("verify", "--parallel", "1", "dir:" + layout).succeeds();
  }

  @Test
  void skipsPlatformsThatMayBeMissing() throws IOException {
    String partial = "dir:" + Layouts.partial(folder.resolve("partial"));
    assertThat(Run.of("verify", partial).out()).startsWith("missing sha256:");
    assertThat(Run.of("verify", "--missing=skip", partial).succeeds().out())
        .matches("skipped sha256:\\w+: absent, for linux/arm64\n");
    Run.of("verify", "--missing=x", partial).refuses(ExitCode.USAGE, "'x'");
  }
}
