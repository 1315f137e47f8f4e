package io.gantry.api.file;

import static io.gantry.api.FailureAssert.assertFailure;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.gantry.api.GantryException.Kind;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.NonWritableChannelException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

// An open pipe would wait for its writer for ever, and cannot be interrupted in this thread.
@Timeout(value = 20, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class RegularFileTest {
  private static final byte[] CONTENT = "content".getBytes(US_ASCII);

  @Test
  void opensAFileForReadingAlone(@TempDir Path folder) throws IOException {
    Path file = Files.write(folder.resolve("file"), CONTENT);

    try (FileChannel channel = RegularFile.open(file)) {
      assertThat(channel.size()).isEqualTo(CONTENT.length);
      assertThatExceptionOfType(NonWritableChannelException.class)
          .isThrownBy(() -> channel.write(ByteBuffer.allocate(1)));
    }
  }

  @Test
  void refusesALinkToASecret(@TempDir Path folder) throws IOException {
    Path link = Files.createSymbolicLink(folder.resolve("file"), Path.of("/etc/passwd"));

    assertRefused(link, "a symbolic link");
    Files.delete(link);
  }

  @Test
  void refusesALinkToAFileOfTheSameFolder(@TempDir Path folder) throws IOException {
    Files.write(folder.resolve("other"), CONTENT);

    assertRefused(
        Files.createSymbolicLink(folder.resolve("file"), Path.of("other")), "a symbolic link");
  }

  @Test
  void refusesALinkToNothing(@TempDir Path folder) throws IOException {
    assertRefused(
        Files.createSymbolicLink(folder.resolve("file"), Path.of("missing")), "a symbolic link");
  }

  @Test
  void refusesAFolder(@TempDir Path folder) throws IOException {
    assertRefused(Files.createDirectory(folder.resolve("file")), "a folder");
  }

  @Test
  @DisabledOnOs(OS.WINDOWS)
  void refusesAPipeWithoutWaitingForItsWriter(@TempDir Path folder) throws Exception {
    Path pipe = folder.resolve("file");
    assumeTrue(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor() == 0);

    assertRefused(pipe, "a pipe, socket or device");
  }

  @Test
  @DisabledOnOs(OS.WINDOWS)
  void refusesADeviceThatNeverEnds() {
    assertRefused(Path.of("/dev/zero"), "a pipe, socket or device");
  }

  private static void assertRefused(Path file, String what) {
    String complaint = "%s is %s; only regular files are read".formatted(file, what);

    assertFailure(Kind.SOURCE_FAILED, () -> RegularFile.open(file)).hasMessage(complaint);
    assertFailure(Kind.SOURCE_FAILED, () -> RegularFile.read(file, 10)).hasMessage(complaint);
  }

  @Test
  void saysThatThereIsNothing(@TempDir Path folder) {
    Path file = folder.resolve("missing");

    assertThatExceptionOfType(NoSuchFileException.class)
        .isThrownBy(() -> RegularFile.open(file))
        .withMessage(file.toString());
    assertThatExceptionOfType(NoSuchFileException.class)
        .isThrownBy(() -> RegularFile.read(file, 10));
  }

  @Test
  void readsAFileUpToItsLimit(@TempDir Path folder) throws IOException {
    Path file = Files.write(folder.resolve("file"), CONTENT);

    assertThat(RegularFile.read(file, CONTENT.length)).isEqualTo(CONTENT);
    assertFailure(Kind.INVALID_IMAGE, () -> RegularFile.read(file, CONTENT.length - 1))
        .hasMessage("%s is larger than 6 bytes", file);
  }

  @Test
  void readsAnEmptyFile(@TempDir Path folder) throws IOException {
    Path file = Files.createFile(folder.resolve("file"));

    assertThat(RegularFile.read(file, 0)).isEmpty();
  }
}
