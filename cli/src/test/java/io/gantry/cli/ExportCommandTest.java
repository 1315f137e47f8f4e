package io.gantry.cli;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.gantry.api.oci.Platform;
import io.gantry.testkit.ImageFactory;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

final class ExportCommandTest {
  @TempDir private Path folder;
  private String source = "";
  private Path archive = Path.of("");

  @BeforeEach
  void writeTheSource() throws IOException {
    source = "dir:" + Layouts.app(folder.resolve("source"));
    archive = folder.resolve("out.tar");
  }

  @Test
  void sumsUpOnStandardError() {
    Run run = Run.of("export", source, "tar:" + archive).succeeds();
    assertThat(run.out()).isEmpty();
    assertThat(run.err()).matches("exported 1 image, 4 blobs, [0-9.]+ kB to tar:.*out.tar\n");
    assertThat(archive).isNotEmptyFile();
  }

  @Test
  void saysWhatTheTargetHadAlready() {
    String target = "dir:" + folder.resolve("layout");
    Run.of("export", source, target).succeeds();
    assertThat(Run.of("export", source, target).succeeds().err())
        .endsWith(" (4 blobs were there already)\n");
  }

  @Test
  void saysNothingWhenToldTo() {
    Run run = Run.of("export", "--quiet", source, "tar:" + archive).succeeds();
    assertThat(run.out()).isEmpty();
    assertThat(run.err()).isEmpty();
  }

  @Test
  void movesAsManyBlobsAtATimeAsItIsTold() throws IOException {
    Run.of("export", "--parallel", "1", source, "dir:" + folder.resolve("one")).succeeds();
    Run.of("export", "--parallel=16", source, "dir:" + folder.resolve("many")).succeeds();
    assertThat(Layouts.files(folder.resolve("many")))
        .isEqualTo(Layouts.files(folder.resolve("one")));
  }

  @Test
  void passesOnWhatTheDriverHasToTellHoweverQuiet() {
    Run run = Run.of("export", "--quiet", "--json", source, "telling:x").succeeds();
    assertThat(run.err()).isEqualTo("gantry: x is old\\x0a\n");
    assertThat(run.json().get("notices").toString()).isEqualTo("[\"x is old\\n\"]");
    JsonNode silent = Run.of("export", "--json", source, "tar:" + archive).succeeds().json();
    assertThat(silent.get("notices").isEmpty()).isTrue();
  }

  @Test
  void makesRoomForNoticesWhereProgressIsDrawn() {
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    PrintStream stream = new PrintStream(err, true, UTF_8);
    Output output = new Output(stream, stream, 70, false);
    assertThat(new Main(output, () -> false).run("export", source, "telling:x")).isZero();
    assertThat(err.toString(UTF_8)).contains("\r" + " ".repeat(69) + "\rgantry: x is old");
  }

  @Test
  void printsItsResultAsJson() {
    JsonNode json = Run.of("export", "--json", source, "tar:" + archive).succeeds().json();
    assertThat(json.get("source").stringValue()).isEqualTo(source);
    assertThat(json.get("target").stringValue()).isEqualTo("tar:" + archive);
    assertThat(json.get("dryRun").booleanValue()).isFalse();
    assertThat(json.get("blobsWritten").intValue()).isEqualTo(4);
    assertThat(json.get("blobsReused").intValue()).isZero();
    assertThat(json.get("bytesWritten")).isEqualTo(json.get("totalBytes"));
    assertThat(json.get("skipped").isEmpty()).isTrue();
    JsonNode image = json.get("images").get(0);
    assertThat(image.get("names").get(0).stringValue()).isEqualTo("docker.io/library/app:1.0");
    assertThat(image.get("digest").stringValue()).startsWith("sha256:");
    assertThat(image.get("mediaType").stringValue())
        .isEqualTo("application/vnd.oci.image.manifest.v1+json");
    assertThat(image.get("size").longValue()).isPositive();
  }

  @Test
  void printsThePlanAndTouchesNothing() throws IOException {
    Run run = Run.of("export", "--dry-run", source, "dir:" + folder.resolve("a/b")).succeeds();
    assertThat(run.out())
        .contains("docker.io/library/app:1.0", "application/vnd.oci.image.config.v1+json")
        .containsPattern("would export 1 image, 4 blobs, .* to dir:.*a/b\n$");
    assertThat(run.err()).isEmpty();
    assertThat(folder.resolve("a")).doesNotExist();
  }

  @Test
  void printsThePlanAsJson() {
    JsonNode json = Run.of("export", "--dry-run", "--json", source, "tar:-").succeeds().json();
    assertThat(json.get("dryRun").booleanValue()).isTrue();
    assertThat(json.get("blobs")).hasSize(4);
    long bytes =
        StreamSupport.stream(json.get("blobs").spliterator(), false)
            .mapToLong(blob -> blob.get("size").longValue())
            .sum();
    assertThat(json.get("totalBytes").longValue()).isEqualTo(bytes);
  }

  @Test
  void checksTheTargetOfADryRun() {
    Run.of("export", "--dry-run", source, "nosuch:x").refuses(ExitCode.NO_SUCH_DRIVER);
    Run.of("export", "--dry-run", "-o", "nosuch=1", source, "tar:x")
        .refuses(ExitCode.USAGE, "'nosuch'");
  }

  @Test
  void givesTheImageTheNamesThatItIsTold() {
    JsonNode json =
        Run.of("export", "--json", "--name", "a:1", "--name", "b", source, "tar:" + archive)
            .succeeds()
            .json();
    assertThat(json.get("images")).hasSize(1);
    assertThat(json.get("images").get(0).get("names").toString())
        .isEqualTo("[\"docker.io/library/a:1\",\"b\"]");
  }

  @Test
  void refusesAnImpossibleName() {
    Run.of("export", "--name", "Not A Name", source, "tar:" + archive)
        .refuses(ExitCode.USAGE, "'Not A Name'");
    assertThat(archive).doesNotExist();
  }

  @Test
  void takesThePlatformsThatItIsTold() throws IOException {
    Path layout =
        Layouts.write(
            folder.resolve("multi"),
            make ->
                make.offer(
                    make.multiPlatform(
                        List.of(Platform.parse("linux/amd64"), Platform.parse("linux/arm64"))),
                    "app:1.0"));
    String from = "dir:" + layout;
    assertThat(planned(from)).hasSize(8);
    assertThat(planned("--platform=linux/arm64", from)).hasSize(5);
    assertThat(planned("--platform=linux/arm64", "--platform=linux/amd64", from)).hasSize(8);
    Run.of("export", "--platform", "linux/s390x", "dir:" + layout, "tar:" + archive)
        .refuses(ExitCode.NOT_FOUND, "linux/s390x");
  }

  private static JsonNode planned(String... args) {
    List<String> line = new ArrayList<>(List.of("export", "--dry-run", "--json"));
    line.addAll(List.of(args));
    line.add("tar:never-written");
    return Run.of(line.toArray(String[]::new)).succeeds().json().get("blobs");
  }

  @Test
  void handsOptionsToTheDriver() throws IOException {
    Run.of("export", "-o", "docker-manifest=false", source, "tar:" + archive).succeeds();
    assertThat(Files.readString(archive, ISO_8859_1)).doesNotContain("manifest.json\0");
    Run.of("export", "-o", "docker-manifest=perhaps", source, "tar:" + archive)
        .refuses(ExitCode.USAGE, "docker-manifest", "'perhaps'");
  }

  @Test
  void refusesToReplaceAnArchiveUnlessToldTo() throws IOException {
    Files.writeString(archive, "precious");
    Run.of("export", source, "tar:" + archive)
        .refuses(ExitCode.FAILED, archive.toString(), "--overwrite");
    assertThat(archive).hasContent("precious");
    Run.of("export", "--overwrite", source, "tar:" + archive).succeeds();
    assertThat(Files.size(archive)).isGreaterThan(4096);
  }

  @Test
  void tellsASourceThatIsNotThere() {
    Run.of("export", "dir:" + folder.resolve("nowhere"), "tar:" + archive)
        .refuses(ExitCode.NOT_FOUND, "nowhere");
    Run.of("export", source + ":nosuchtag", "tar:" + archive)
        .refuses(ExitCode.NOT_FOUND, "nosuchtag");
    assertThat(archive).doesNotExist();
  }

  @Test
  void tellsContentThatIsNotWhatItShouldBe() throws IOException {
    Path blobs = folder.resolve("source/blobs/sha256");
    try (var files = Files.list(blobs)) {
      Path layer = files.filter(file -> file.toFile().length() == 3000).findFirst().orElseThrow();
      byte[] content = Files.readAllBytes(layer);
      content[1500] ^= 1;
      Files.write(layer, content);
    }
    Run.of("export", source, "tar:" + archive).refuses(ExitCode.MISMATCH, "blob sha256:");
    assertThat(archive).doesNotExist();
  }

  @Test
  void warnsOfLayersThatItLeavesOut() throws IOException {
    Path layout = foreignLayout();
    Run run = Run.of("export", "--quiet", "dir:" + layout, "tar:" + archive).succeeds();
    assertThat(run.err())
        .startsWith("gantry: left out 1 layer that the source does not have")
        .hasLineCount(1);
    assertThat(Run.of("export", "--dry-run", "dir:" + layout, "tar:x").succeeds().out())
        .contains("LEFT OUT");
  }

  private Path foreignLayout() throws IOException {
    return Layouts.write(
        folder.resolve("foreign"),
        make ->
            make.offer(
                make.image(
                    List.of(make.layer(10), make.absentLayer(ImageFactory.NON_DISTRIBUTABLE, 20))),
                "win:1"));
  }

  @Test
  void escapesNamesThatWouldMoveTheCursor() throws IOException {
    Path index = folder.resolve("source/index.json");
    Files.writeString(
        index, Files.readString(index).replace("library/app:1.0", "red\\u001b[31m\\nfake\\u202e"));
    Run run = Run.of("export", "--dry-run", source, "tar:x").succeeds();
    assertThat(run.out()).contains("red\\x1b[31m\\x0afake\\u{202e}").doesNotContain("\u001b");
    assertThat(Run.of("export", "--dry-run", "--json", source, "tar:x").succeeds().out())
        .contains("red\\u001B[31m\\nfake\\u202E")
        .matches("[\n\\x20-\\x7e]*");
  }

  @Test
  void stopsWhenInterruptedAndCleansUpUndisturbed() throws IOException {
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    // The warning is the last thing that is heard before the export begins.
    PrintStream interrupting =
        new PrintStream(err, true, UTF_8) {
          @Override
          public void println(String line) {
            super.println(line);
            if (line.contains("left out")) {
              Thread.currentThread().interrupt();
            }
          }
        };
    Output output = new Output(new PrintStream(err, true, UTF_8), interrupting, 0, false);
    int code =
        new Main(output, () -> false).run("export", "dir:" + foreignLayout(), "tar:" + archive);
    assertThat(Thread.interrupted()).isFalse();
    assertThat(err.toString(UTF_8)).endsWith("gantry: interrupted; nothing was published\n");
    assertThat(code).isEqualTo(ExitCode.INTERRUPTED.value());
    assertThat(Layouts.files(folder)).noneMatch(name -> name.contains("out.tar"));
  }

  @Test
  void failsWhenItsResultCannotBeWritten() {
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    OutputStream full =
        new OutputStream() {
          @Override
          public void write(int b) throws IOException {
            throw new IOException("no space left");
          }
        };
    Output output =
        new Output(
            new PrintStream(full, false, UTF_8), new PrintStream(err, true, UTF_8), 0, false);
    int code = new Main(output, () -> false).run("export", "--dry-run", source, "tar:x");
    assertThat(code).isEqualTo(ExitCode.FAILED.value());
    assertThat(err.toString(UTF_8)).startsWith("gantry: cannot write to standard output");
  }

  @Test
  void drawsProgressOnATerminalAndWipesItAway() {
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    PrintStream stream = new PrintStream(err, true, UTF_8);
    int code =
        new Main(new Output(stream, stream, 70, false), () -> false)
            .run("export", source, "tar:" + archive);
    assertThat(code).isZero();
    assertThat(err.toString(UTF_8))
        .startsWith("\rexporting ")
        .containsPattern("\r {69}\rexported 1 image")
        .doesNotContain("\u001b");
  }

  @Test
  void drawsNoProgressWhenToldToBeQuiet() {
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    PrintStream stream = new PrintStream(err, true, UTF_8);
    int code =
        new Main(new Output(stream, stream, 70, false), () -> false)
            .run("export", "-q", source, "tar:" + archive);
    assertThat(code).isZero();
    assertThat(err.toString(UTF_8)).isEmpty();
  }

  @Test
  void takesTheImagesThatItIsTold() throws IOException {
    String several =
        "dir:"
            + Layouts.write(
                folder.resolve("several"),
                make -> {
                  make.offer(make.image(10), "app:1");
                  make.offer(make.image(20), "app:2");
                  make.offer(make.image(30), "app:3");
                });
    JsonNode json =
        Run.of("export", "--json", "--image", "app:3", "--image", "@0", several, "tar:" + archive)
            .succeeds()
            .json();
    assertThat(json.get("images")).hasSize(2);
    assertThat(json.get("images").toString())
        .contains("docker.io/library/app:3", "docker.io/library/app:1")
        .doesNotContain("app:2");
    Run.of("export", "--json", several + ":@1", "tar:" + folder.resolve("one.tar")).succeeds();
    Run.of("export", "--image", "@0", several + ":app:2", "tar:x")
        .refuses(ExitCode.USAGE, "selects an image already");
    Run.of("export", "--image", "@x", several, "tar:x").refuses(ExitCode.USAGE, "'@x'");
    Run.of("export", "--image", "@3", several, "tar:x").refuses(ExitCode.NOT_FOUND, "it has 3");
  }

  @Test
  void leavesOutAPlatformThatIsMissingAndSaysSo() throws IOException {
    String partial = "dir:" + Layouts.partial(folder.resolve("partial"));
    Run.of("export", partial, "tar:" + archive)
        .refuses(ExitCode.NOT_FOUND, "for the platform linux/arm64");
    Run.of("export", "--missing", "perhaps", partial, "tar:" + archive)
        .refuses(ExitCode.USAGE, "'perhaps'");
    Run run =
        Run.of("export", "--json", "--quiet", "--missing=skip", partial, "tar:" + archive)
            .succeeds();
    assertThat(run.err()).startsWith("gantry: left out linux/arm64 sha256:");
    JsonNode missing = run.json().get("missing").get(0);
    assertThat(missing.get("platform").stringValue()).isEqualTo("linux/arm64");
    assertThat(missing.get("manifest").stringValue()).startsWith("sha256:");
    assertThat(missing.get("neededBy")).isEqualTo(run.json().get("images").get(0).get("digest"));
  }

  @Test
  void rewritesAnIndexWhenToldAndSaysSo() throws IOException {
    String partial = "dir:" + Layouts.partial(folder.resolve("partial"));
    String target = "dir:" + folder.resolve("short");
    Run run =
        Run.of("export", "--json", "--platform=linux/amd64", "--rewrite-index", partial, target)
            .succeeds();
    JsonNode rewritten = run.json().get("rewritten").get(0);
    assertThat(run.err()).contains(rewritten.get("original").stringValue(), "signatures");
    assertThat(run.json().get("images").get(0).get("digest")).isEqualTo(rewritten.get("digest"));
    Run.of("export", target, "tar:" + archive).succeeds();
  }

  @Test
  void takesReferrersAlongWhenTold() throws IOException {
    String signed =
        "dir:"
            + Layouts.write(
                folder.resolve("signed"),
                make -> {
                  var image = make.offer(make.image(10), "app:1");
                  make.offer(make.artifact("application/x-sbom", image, 5));
                  make.offer(make.artifact("application/x-signature", image, 6));
                });
    assertThat(images("export", "--dry-run", "--json", signed + ":app:1", "tar:x")).isEqualTo(1);
    assertThat(images("export", "--dry-run", "--json", "--referrers", signed + ":app:1", "tar:x"))
        .isEqualTo(3);
    assertThat(
            images(
                "export",
                "--dry-run",
                "--json",
                "--artifact-type=application/x-sbom",
                signed + ":app:1",
                "tar:x"))
        .isEqualTo(2);
  }

  private static int images(String... arguments) {
    return Run.of(arguments).succeeds().json().get("images").size();
  }
}
