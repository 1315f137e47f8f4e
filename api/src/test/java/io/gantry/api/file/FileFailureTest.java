package io.gantry.api.file;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class FileFailureTest {

  @Test
  void namesTheFileOfAChannel() {
    IOException full = new IOException("No space left on device");

    assertThat(FileFailure.at(Path.of("images", "a.tar"), full))
        .isInstanceOf(FileSystemException.class)
        .hasMessage("%s: No space left on device", Path.of("images", "a.tar"))
        .hasCause(full);
  }

  @Test
  void namesWhatIsNoFile() {
    assertThat(FileFailure.at("standard output", new IOException("Broken pipe")))
        .hasMessage("standard output: Broken pipe");
  }

  @Test
  void survivesAFailureWithoutAMessage() {
    assertThat(FileFailure.at("a.tar", new IOException())).hasMessage("a.tar");
  }

  @Test
  void leavesAFailureThatNamesItsFile() {
    IOException named = new NoSuchFileException("b.tar");

    assertThat(FileFailure.at("a.tar", named)).isSameAs(named);
  }

  @Test
  void leavesAnInterruptWhatItIs() {
    IOException interrupted = new ClosedByInterruptException();

    assertThat(FileFailure.at("a.tar", interrupted)).isSameAs(interrupted);
  }
}
