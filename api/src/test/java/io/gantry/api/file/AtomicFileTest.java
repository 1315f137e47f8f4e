package io.gantry.api.file;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIOException;

import io.gantry.api.oci.Digest;
import io.gantry.api.oci.DigestAlgorithm;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class AtomicFileTest {
  private static final String PART_OF_TARGET = ".target.0123456789abcdef.gantry-part";

  @Test
  void isNotThereBeforeItIsPublished(@TempDir Path folder) throws IOException {
    Path target = folder.resolve("target");

    try (AtomicFile file = AtomicFile.create(target)) {
      write(file, "new");
      assertThat(target).doesNotExist();
      file.publish(false, true);
      assertThat(target).hasContent("new");
    }

    assertThat(namesIn(folder)).containsExactly("target");
  }

  @ParameterizedTest
  @ValueSource(strings = {"n", "\u00e9"})
  void hasRoomForTheLongestNameThatAFileMayHave(String letter, @TempDir Path folder)
      throws IOException {
    int bytes = letter.getBytes(UTF_8).length;
    String name = letter.repeat(255 / bytes);
    String litter = "." + Digest.of(DigestAlgorithm.SHA256, name.getBytes(UTF_8)).encoded();
    Files.writeString(folder.resolve(litter + ".0123456789abcdef.gantry-part"), "killed");

    try (AtomicFile file = AtomicFile.create(folder.resolve(name))) {
      file.publish(false, true);
    }

    assertThat(namesIn(folder)).containsExactly(name);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void isPublishedEmptyWhenNothingIsWritten(boolean overwrite, @TempDir Path folder)
      throws IOException {
    try (AtomicFile file = AtomicFile.create(folder.resolve("target"))) {
      file.publish(overwrite, overwrite);
    }

    assertThat(folder.resolve("target")).isEmptyFile();
    assertThat(namesIn(folder)).containsExactly("target");
  }

  @Test
  void replacesWhatIsThereWhenItMay(@TempDir Path folder) throws IOException {
    Path target = Files.writeString(folder.resolve("target"), "old");

    try (AtomicFile file = AtomicFile.create(target)) {
      write(file, "new");
      assertThat(target).hasContent("old");
      file.publish(true, true);
    }

    assertThat(target).hasContent("new");
    assertThat(namesIn(folder)).containsExactly("target");
  }

  @Test
  void leavesWhatIsThereWhenItMayNotReplaceIt(@TempDir Path folder) throws IOException {
    Path target = Files.writeString(folder.resolve("target"), "old");

    try (AtomicFile file = AtomicFile.create(target)) {
      write(file, "new");
      assertThatExceptionOfType(FileAlreadyExistsException.class)
          .isThrownBy(() -> file.publish(false, true))
          .withMessageContaining(target.toString());
    }

    assertThat(target).hasContent("old");
    assertThat(namesIn(folder)).containsExactly("target");
  }

  @Test
  void leavesALinkToNothingWhenItMayNotReplaceIt(@TempDir Path folder) throws IOException {
    Path target = Files.createSymbolicLink(folder.resolve("target"), Path.of("elsewhere"));

    try (AtomicFile file = AtomicFile.create(target)) {
      assertThatExceptionOfType(FileAlreadyExistsException.class)
          .isThrownBy(() -> file.publish(false, true));
    }

    assertThat(namesIn(folder)).containsExactly("target");
  }

  @Test
  void replacesALinkAndNotWhatItPointsTo(@TempDir Path folder) throws IOException {
    Path other = Files.writeString(folder.resolve("other"), "old");
    Path target = Files.createSymbolicLink(folder.resolve("target"), other);

    try (AtomicFile file = AtomicFile.create(target)) {
      write(file, "new");
      file.publish(true, true);
    }

    assertThat(other).hasContent("old");
    assertThat(Files.isRegularFile(target, LinkOption.NOFOLLOW_LINKS)).isTrue();
    assertThat(target).hasContent("new");
  }

  @Test
  void neverReplacesAFolder(@TempDir Path folder) throws IOException {
    Path target = Files.createDirectory(folder.resolve("target"));

    try (AtomicFile file = AtomicFile.create(target)) {
      assertThatIOException().isThrownBy(() -> file.publish(true, true));
    }

    assertThat(target).isEmptyDirectory();
    assertThat(namesIn(folder)).containsExactly("target");
  }

  @Test
  void isGoneWhenItIsClosedUnpublished(@TempDir Path folder) throws IOException {
    try (AtomicFile file = AtomicFile.create(folder.resolve("target"))) {
      write(file, "half");
      assertThat(namesIn(folder)).hasSize(1);
    }

    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void mayBeClosedTwice(@TempDir Path folder) throws IOException {
    AtomicFile file = AtomicFile.create(folder.resolve("target"));
    file.close();

    assertThatCode(file::close).doesNotThrowAnyException();
  }

  @Test
  void mayBeClosedWhenSomebodyRemovedItsPart(@TempDir Path folder) throws IOException {
    AtomicFile file = AtomicFile.create(folder.resolve("target"));
    Files.delete(onlyEntryOf(folder));

    assertThatCode(file::close).doesNotThrowAnyException();
  }

  @Test
  void hidesItsPartBesideTheTarget(@TempDir Path folder) throws IOException {
    try (AtomicFile file = AtomicFile.create(folder.resolve("target"))) {
      assertThat(file.channel().isOpen()).isTrue();
      assertThat(onlyEntryOf(folder).getFileName().toString())
          .matches("\\.target\\.[0-9a-f]{16}\\.gantry-part");
    }
  }

  @Test
  void isOneOfSeveralForTheSameTarget(@TempDir Path folder) throws IOException {
    Path target = folder.resolve("target");

    try (AtomicFile first = AtomicFile.create(target);
        AtomicFile second = AtomicFile.create(target)) {
      write(first, "first");
      write(second, "second");
      second.publish(false, true);
      assertThatExceptionOfType(FileAlreadyExistsException.class)
          .isThrownBy(() -> first.publish(false, true));
      assertThat(target).hasContent("second");
      first.publish(true, true);
    }

    assertThat(target).hasContent("first");
    assertThat(namesIn(folder)).containsExactly("target");
  }

  @Test
  void removesThePartOfAProcessThatWasKilled(@TempDir Path folder) throws Exception {
    Path target = folder.resolve("target");
    try (FileProcess other = FileProcess.writing(target)) {
      assertThat(other.answer()).isEqualTo("written");
      other.kill();
    }
    Path litter = onlyEntryOf(folder);
    assertThat(litter).hasContent("half");

    try (AtomicFile file = AtomicFile.create(target)) {
      assertThat(litter).doesNotExist();
      file.publish(false, true);
    }

    assertThat(namesIn(folder)).containsExactly("target");
  }

  @Test
  void leavesThePartOfALivingProcessAlone(@TempDir Path folder) throws Exception {
    Path target = folder.resolve("target");
    try (FileProcess other = FileProcess.writing(target)) {
      assertThat(other.answer()).isEqualTo("written");
      Path living = onlyEntryOf(folder);

      try (AtomicFile file = AtomicFile.create(target)) {
        write(file, "new");
        file.publish(false, true);
      }

      assertThat(living).hasContent("half");
      other.release();
      assertThat(namesIn(folder)).containsExactly("target");
    }
  }

  @Test
  void removesEveryPartWithoutAnOwner(@TempDir Path folder) throws IOException {
    Files.writeString(folder.resolve(PART_OF_TARGET), "half");
    Files.createFile(folder.resolve(".target.fedcba9876543210.gantry-part"));

    AtomicFile.create(folder.resolve("target")).close();

    assertThat(folder).isEmptyDirectory();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "target",
        "target.0123456789abcdef.gantry-part",
        ".target.gantry-part",
        ".target.0123456789abcde.gantry-part",
        ".target.0123456789abcdef0.gantry-part",
        ".target.0123456789abcdef.gantry-part~",
        ".target.0123456789abcdef.tmp",
        ".target2.0123456789abcdef.gantry-part",
        ".other.0123456789abcdef.gantry-part",
        ".target.x.0123456789abcdef.gantry-part"
      })
  void leavesFilesThatOnlyResembleItsParts(String name, @TempDir Path folder) throws IOException {
    Files.writeString(folder.resolve(name), "mine");

    AtomicFile.create(folder.resolve("target")).close();

    assertThat(folder.resolve(name)).hasContent("mine");
  }

  @Test
  void leavesLinksAndFoldersOfTheNameOfAPart(@TempDir Path folder) throws IOException {
    Path other = Files.writeString(folder.resolve("other"), "mine");
    Path link = Files.createSymbolicLink(folder.resolve(PART_OF_TARGET), other);
    Path inner = Files.createDirectory(folder.resolve(".target.fedcba9876543210.gantry-part"));

    AtomicFile.create(folder.resolve("target")).close();

    assertThat(link).isSymbolicLink();
    assertThat(inner).isDirectory();
    assertThat(other).hasContent("mine");
  }

  @Test
  void takesANameWithTheCharactersOfAPattern(@TempDir Path folder) throws IOException {
    Path target = folder.resolve("[a]{b}*");
    Path litter = Files.createFile(folder.resolve(".[a]{b}*.0123456789abcdef.gantry-part"));

    AtomicFile.create(target).close();

    assertThat(litter).doesNotExist();
  }

  @Test
  void needsAFolder(@TempDir Path folder) {
    assertThatExceptionOfType(NoSuchFileException.class)
        .isThrownBy(() -> AtomicFile.create(folder.resolve("missing").resolve("target")));
  }

  @Test
  void isNotTheRootOfAFileSystem(@TempDir Path folder) {
    assertThatExceptionOfType(FileSystemException.class)
        .isThrownBy(() -> AtomicFile.create(folder.getRoot()))
        .withMessageContaining("not a place for a file");
  }

  @Test
  void syncsAFolder(@TempDir Path folder) {
    assertThatCode(() -> AtomicFile.sync(folder)).doesNotThrowAnyException();
    assertThatIOException().isThrownBy(() -> AtomicFile.sync(folder.resolve("missing")));
  }

  @Test
  void syncsAFolderInAThreadThatIsInterrupted(@TempDir Path folder) throws IOException {
    Thread.currentThread().interrupt();

    AtomicFile.sync(folder);

    assertThat(Thread.interrupted()).isTrue();
  }

  @Test
  void isNotPublishedByAThreadThatIsInterrupted(@TempDir Path folder) throws IOException {
    try (AtomicFile file = AtomicFile.create(folder.resolve("target"))) {
      write(file, "new");
      Thread.currentThread().interrupt();
      assertThatExceptionOfType(ClosedByInterruptException.class)
          .isThrownBy(() -> file.publish(true, true));
      assertThat(Thread.interrupted()).isTrue();
    }

    assertThat(folder).isEmptyDirectory();
  }

  private static void write(AtomicFile file, String content) throws IOException {
    ByteBuffer bytes = UTF_8.encode(content);
    while (bytes.hasRemaining()) {
      file.channel().write(bytes);
    }
  }

  private static Path onlyEntryOf(Path folder) throws IOException {
    List<String> names = namesIn(folder);
    assertThat(names).hasSize(1);
    return folder.resolve(names.get(0));
  }

  private static List<String> namesIn(Path folder) throws IOException {
    try (Stream<Path> entries = Files.list(folder)) {
      return entries.map(entry -> entry.getFileName().toString()).sorted().toList();
    }
  }
}
