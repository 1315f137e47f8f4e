package io.gantry.driver.tar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileSectionTest {
  @TempDir private Path folder;

  private FileChannel file() throws IOException {
    return FileChannel.open(
        folder.resolve("file"),
        Set.of(StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE));
  }

  @Test
  void writesFromItsPositionOn() throws IOException {
    try (FileChannel file = file()) {
      FileSection section = new FileSection(file, 3);
      section.write(ByteBuffer.wrap(new byte[] {1, 2}));
      section.write(ByteBuffer.wrap(new byte[] {3}));
      assertThat(folder.resolve("file")).hasBinaryContent(new byte[] {0, 0, 0, 1, 2, 3});
    }
  }

  /** Else the others would tell of a target that failed, and not of the end of the export. */
  @Test
  void takesAFileThatAnInterruptOfAnotherThreadHasClosedForAnInterrupt() throws Exception {
    try (FileChannel file = file()) {
      Thread other =
          new Thread(
              () -> {
                Thread.currentThread().interrupt();
                assertThatExceptionOfType(ClosedByInterruptException.class)
                    .isThrownBy(() -> file.write(ByteBuffer.allocate(1), 0));
              });
      other.start();
      other.join();
      assertThatExceptionOfType(ClosedByInterruptException.class)
          .isThrownBy(() -> new FileSection(file, 0).write(ByteBuffer.allocate(1)));
    }
  }
}
