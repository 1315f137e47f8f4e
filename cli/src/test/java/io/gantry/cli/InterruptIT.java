package io.gantry.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.nio.file.StandardWatchEventKinds.ENTRY_CREATE;
import static java.nio.file.StandardWatchEventKinds.ENTRY_MODIFY;
import static java.util.Objects.requireNonNull;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.gantry.api.oci.Descriptor;
import io.gantry.api.oci.Digest;
import io.gantry.api.oci.MediaTypes;
import io.gantry.testkit.OciLayout;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Ctrl-C in the midst of an export, as a real signal to the packaged command. */
final class InterruptIT {
  private static final String MESSAGE = "gantry: interrupted; nothing was published\n";

  @TempDir private Path folder;

  /** The first and only layer is a hole of a terabyte: whatever is done to it is not done soon. */
  private Path endlessLayout() throws IOException {
    Descriptor hole =
        Descriptor.of(
            MediaTypes.OCI_LAYER_GZIP, Digest.parse("sha256:" + "0".repeat(64)), 1L << 40);
    Path layout =
        Layouts.write(
            folder.resolve("source"),
            make ->
                make.offer(
                    make.manifest(make.blob(MediaTypes.OCI_EMPTY, "{}"), List.of(hole)), "x"));
    try (FileChannel file =
        FileChannel.open(
            layout.resolve(OciLayout.name(hole.digest())),
            StandardOpenOption.CREATE_NEW,
            StandardOpenOption.WRITE)) {
      file.write(ByteBuffer.allocate(1), hole.size() - 1);
    }
    return layout;
  }

  private ProcessBuilder export(String target) throws IOException, InterruptedException {
    ProcessBuilder process =
        PackagedGantry.built().process("export", "dir:" + endlessLayout(), target);
    // Where this test runs in the background of a script, it and its children ignore Ctrl-C.
    List<String> listening = List.of("env", "--default-signal=INT");
    List<String> probe = new ArrayList<>(listening);
    probe.add("true");
    if (PackagedGantry.run(new ProcessBuilder(probe)).code() == 0) {
      process.command().addAll(0, listening);
    }
    return process.redirectError(folder.resolve("err").toFile());
  }

  private static void signal(String name, Process process)
      throws IOException, InterruptedException {
    Process kill =
        new ProcessBuilder("kill", "-s", name, Long.toString(process.pid())).inheritIO().start();
    assertThat(kill.waitFor()).isZero();
  }

  private void assertStopped(Process process, int code) throws IOException, InterruptedException {
    assertThat(PackagedGantry.await(process)).isEqualTo(code);
    assertThat(folder.resolve("err")).hasContent(MESSAGE.strip());
  }

  @ParameterizedTest
  @CsvSource({"INT, 130", "TERM, 143"})
  void stopsAnArchiveOnAPipe(String signal, int code) throws Exception {
    Process process = export("tar:-").start();
    try (InputStream out = process.getInputStream()) {
      String header = new String(out.readNBytes(512), UTF_8);
      assertThat(header).startsWith("blobs/");
      // Nobody reads on, so the export is about to block in a write, or does so already.
      signal(signal, process);
      assertStopped(process, code);
    }
  }

  @Test
  void leavesNothingOfAnArchive() throws Exception {
    Path place = Files.createDirectory(folder.resolve("place"));
    try (WatchService watch = place.getFileSystem().newWatchService()) {
      place.register(watch, ENTRY_MODIFY);
      Process process = export("tar:" + place.resolve("out.tar")).start();
      awaitEvent(watch, process);
      signal("INT", process);
      assertStopped(process, 130);
    }
    assertThat(place).isEmptyDirectory();
  }

  @Test
  void leavesNoIndexAndNoPartsInALayout() throws Exception {
    Path place = Files.createDirectory(folder.resolve("place"));
    try (WatchService watch = place.getFileSystem().newWatchService()) {
      place.register(watch, ENTRY_CREATE);
      Process process = export("dir:" + place).start();
      awaitEvent(watch, process);
      signal("INT", process);
      assertStopped(process, 130);
    }
    assertThat(Layouts.files(place))
        .noneMatch(name -> name.startsWith(".") || name.equals("index.json"));
  }

  private static void awaitEvent(WatchService watch, Process process) throws InterruptedException {
    WatchKey key = watch.poll(60, SECONDS);
    if (key == null) {
      process.destroyForcibly();
    }
    requireNonNull(key, "nothing was written for a minute");
  }
}
