package io.gantry.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.gantry.api.GantryException.Kind;
import java.io.EOFException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.SocketTimeoutException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileLockInterruptionException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class GantryExceptionTest {
  static Stream<Arguments> causes() {
    return Stream.of(
        Arguments.of(new NoSuchFileException("f"), "cannot x: f: no such file or folder"),
        Arguments.of(new AccessDeniedException("f"), "cannot x: f: permission denied"),
        Arguments.of(new NotDirectoryException("f"), "cannot x: f: not a folder"),
        Arguments.of(new FileAlreadyExistsException("f"), "cannot x: f: exists already"),
        Arguments.of(new FileSystemException("f", null, "full"), "cannot x: f: full"),
        Arguments.of(new IOException("broken pipe"), "cannot x: broken pipe"),
        Arguments.of(new SocketTimeoutException("read timed out"), "cannot x: read timed out"),
        Arguments.of(new EOFException(), "cannot x: EOFException"));
  }

  @ParameterizedTest
  @MethodSource("causes")
  void saysWhatWentWrong(IOException cause, String message) {
    GantryException failure = GantryException.of(Kind.TARGET_FAILED, "cannot x", cause);

    assertThat(failure).hasMessage(message).hasCause(cause);
    assertThat(failure.kind()).isEqualTo(Kind.TARGET_FAILED);
  }

  static Stream<IOException> interrupts() {
    return Stream.of(
        new ClosedByInterruptException(),
        new FileLockInterruptionException(),
        new InterruptedIOException());
  }

  @ParameterizedTest
  @MethodSource("interrupts")
  void tellsAnInterruptFromAFailure(IOException cause) {
    assertThat(GantryException.of(Kind.SOURCE_FAILED, "cannot x", cause).kind())
        .isEqualTo(Kind.INTERRUPTED);
  }

  @Test
  void keepsWhatPeopleUnderstandAlready() {
    GantryException known = new GantryException(Kind.NOT_FOUND, "blob is missing");

    assertThat(GantryException.of(Kind.SOURCE_FAILED, "cannot x", known)).isSameAs(known);
  }
}
