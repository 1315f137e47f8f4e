package io.gantry.cli;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the packaged command does to files, streams and exit codes. */
final class PackagedExportIT {
  @TempDir private Path folder;
  private final PackagedGantry gantry = PackagedGantry.built();
  private String source = "";
  private Path archive = Path.of("");

  @BeforeEach
  void writeTheSource() throws IOException {
    source = "dir:" + Layouts.app(folder.resolve("source"));
    archive = folder.resolve("out.tar");
  }

  @Test
  void exportsALayoutToAnArchive() throws Exception {
    Run run = gantry.run("export", source, "tar:" + archive).succeeds();
    assertThat(run.out()).isEmpty();
    assertThat(run.err()).matches("exported 1 image, 4 blobs, .* to tar:.*out.tar\n");
    Run listed =
        PackagedGantry.run(new ProcessBuilder("tar", "-tf", archive.toString())).succeeds();
    assertThat(listed.out().lines())
        .containsAll(blobs(folder.resolve("source")))
        .contains("index.json", "manifest.json", "oci-layout");
  }

  @Test
  void exportsALayoutToALayout() throws Exception {
    Path target = folder.resolve("new/layout");
    gantry.run("export", source, "dir:" + target).succeeds();
    assertThat(blobs(target)).isEqualTo(blobs(folder.resolve("source")));
    for (String blob : blobs(target)) {
      assertThat(target.resolve(blob))
          .hasSameBinaryContentAs(folder.resolve("source").resolve(blob));
    }
    assertThat(Layouts.files(target)).contains("index.json", "oci-layout");
  }

  private static List<String> blobs(Path layout) throws IOException {
    return Layouts.files(layout).stream().filter(name -> name.startsWith("blobs/sha256/")).toList();
  }

  /** The launcher says what standard output is; here an option that comes later says it. */
  @Test
  void refusesToFillATerminalWithAnArchive() throws Exception {
    Map<String, String> terminal = Map.of("GANTRY_JAVA_OPTS", "-Dgantry.stdout.terminal=true");
    gantry.run(terminal, "export", source, "tar:-").refuses(ExitCode.USAGE, "tar:-", "redirect");
  }

  @Test
  void refusesToWaitForAnArchiveFromATerminal() throws Exception {
    Map<String, String> terminal = Map.of("GANTRY_JAVA_OPTS", "-Dgantry.stdin.terminal=true");
    String target = "dir:" + folder.resolve("new");
    gantry
        .run(terminal, "export", "tar:-", target)
        .refuses(ExitCode.USAGE, "tar:-", "standard input is a terminal", "pipe");
    for (String command : List.of("inspect", "verify")) {
      gantry.run(terminal, command, "tar:-:1.0").refuses(ExitCode.USAGE, "is a terminal");
    }
    gantry.run(terminal, "export", source, target).succeeds();
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void exportsAnArchiveFromStandardInput(boolean pipe) throws Exception {
    gantry.run("export", source, "tar:" + archive).succeeds();
    Path target = folder.resolve("new");
    Path err = folder.resolve("err");
    ProcessBuilder builder = gantry.process("export", "tar:-", "dir:" + target);
    if (!pipe) {
      builder.redirectInput(archive.toFile());
    }
    Process process = builder.redirectError(err.toFile()).start();
    if (pipe) {
      try (OutputStream in = process.getOutputStream()) {
        Files.copy(archive, in);
      }
    }
    int code = PackagedGantry.await(process);
    Run run = new Run(code, "", Files.readString(err)).succeeds();
    assertThat(run.err()).matches("exported 1 image, 4 blobs, .* to dir:.*new\n");
    assertThat(blobs(target)).isEqualTo(blobs(folder.resolve("source")));
  }

  @Test
  void writesNothingButTheArchiveToStandardOutput() throws Exception {
    gantry.run("export", source, "tar:" + archive).succeeds();
    Run run = gantry.run("export", source, "tar:-").succeeds();
    assertThat(run.out().getBytes(ISO_8859_1)).isEqualTo(Files.readAllBytes(archive));
    assertThat(run.err()).startsWith("exported ").hasLineCount(1);
  }

  @Test
  void writesNothingButTheResultToStandardOutput() throws Exception {
    Run run = gantry.run("export", "--json", "--quiet", source, "tar:" + archive).succeeds();
    assertThat(run.json().get("blobsWritten").intValue()).isEqualTo(4);
    assertThat(run.err()).isEmpty();
  }

  @Test
  void touchesNothingInADryRun() throws Exception {
    Path place = Files.createDirectory(folder.resolve("place"));
    for (String target : List.of("tar:a.tar", "dir:layout")) {
      ProcessBuilder process = gantry.process("export", "--dry-run", source, target);
      assertThat(PackagedGantry.run(process.directory(place.toFile())).succeeds().out())
          .contains("would export 1 image");
    }
    assertThat(place).isEmptyDirectory();
  }

  @Test
  void tellsFailuresApart() throws Exception {
    Path precious = Files.writeString(folder.resolve("precious.tar"), "precious");
    gantry
        .run("export", source, "tar:" + precious)
        .refuses(ExitCode.FAILED, precious + " exists", "--overwrite");
    assertThat(precious).hasContent("precious");
    gantry.run("export", source).refuses(ExitCode.USAGE, "'TARGET'", "gantry export --help");
    gantry
        .run("export", "dir:" + folder.resolve("nowhere"), "tar:" + archive)
        .refuses(ExitCode.NOT_FOUND, "nowhere");
    gantry.run("export", source, "nosuch:x").refuses(ExitCode.NO_SUCH_DRIVER, "'nosuch'");
    Path layer = blobOfSize(3000);
    byte[] content = Files.readAllBytes(layer);
    content[0] ^= 1;
    Files.write(layer, content);
    gantry
        .run("export", source, "tar:" + archive)
        .refuses(ExitCode.MISMATCH, requireNonNull(layer.getFileName()).toString());
    assertThat(archive).doesNotExist();
  }

  private Path blobOfSize(long size) throws IOException {
    for (String blob : blobs(folder.resolve("source"))) {
      Path file = folder.resolve("source").resolve(blob);
      if (Files.size(file) == size) {
        return file;
      }
    }
    throw new AssertionError("no blob of %d bytes".formatted(size));
  }

  @Test
  void keepsControlCharactersOffTheTerminal() throws Exception {
    Path index = folder.resolve("source/index.json");
    Files.writeString(
        index,
        Files.readString(index).replace("library/app:1.0", "\\u001b[31m\\nfake: line\\u0007"));
    for (String from : List.of(source, source + ":\u001b[31m\nfake: line")) {
      Run run = gantry.run("export", "--dry-run", from, "tar:" + archive);
      assertThat(run.out() + run.err())
          .containsPattern("\\\\[xu][0{]*1b}?\\[31m\\\\[^ ]*fake: line")
          .doesNotContain("\u001b", "\u0007", "\nfake: line");
    }
  }

  @Test
  void endsSoonWhenNobodyReadsTheArchive() throws Exception {
    Path big =
        Layouts.write(
            folder.resolve("big"), make -> make.offer(make.image(4_000_000), "big:latest"));
    Path err = folder.resolve("err");
    Process process =
        gantry.process("export", "dir:" + big, "tar:-").redirectError(err.toFile()).start();
    try (InputStream out = process.getInputStream()) {
      assertThat(out.readNBytes(10)).hasSize(10);
    }
    int code = PackagedGantry.await(process);
    new Run(code, "", Files.readString(err)).refuses(ExitCode.FAILED, "standard output");
  }

  @Test
  void hasTheStackTraceForThoseWhoAsk() throws Exception {
    Run run = gantry.run(Map.of("GANTRY_DEBUG", "1"), "export", "dir:nowhere", "tar:" + archive);
    assertThat(run.code()).isEqualTo(ExitCode.NOT_FOUND.value());
    assertThat(run.err()).startsWith("gantry: ").contains("\tat io.gantry.");
  }
}
