package io.gantry.api.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.gantry.api.GantryException;
import io.gantry.api.GantryException.Kind;
import io.gantry.api.content.BlobReader;
import io.gantry.api.oci.Digest;
import io.gantry.api.oci.DigestAlgorithm;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A blob may be taken away, or something else put in its place, after it was found. */
class FileBlobReaderTest {
  private static final byte[] CONTENT = {1, 2, 3};
  private static final Digest DIGEST = Digest.of(DigestAlgorithm.SHA256, CONTENT);

  @TempDir private Path folder;
  private Path file = Path.of("");

  @BeforeEach
  void putBlob() throws IOException {
    file = new BlobFolder(folder).path(DIGEST);
    Files.createDirectories(file.getParent());
    Files.write(file, CONTENT);
  }

  private BlobReader open() throws IOException {
    return new BlobFolder(folder).open(DIGEST);
  }

  private static int read(BlobReader reader) throws IOException {
    return reader.read(ByteBuffer.allocate(10), 0);
  }

  @Test
  void readsOnAfterTheNameIsGone() throws IOException {
    try (BlobReader reader = open()) {
      assertThat(read(reader)).isEqualTo(CONTENT.length);
      Files.delete(file);
      assertThat(read(reader)).isEqualTo(CONTENT.length);
      assertThat(reader.size()).isEqualTo(CONTENT.length);
    }
  }

  @Test
  void findsNothingWhereItIsGoneBeforeTheFirstRead() throws IOException {
    try (BlobReader reader = open()) {
      Files.delete(file);

      assertThatExceptionOfType(GantryException.class)
          .isThrownBy(() -> read(reader))
          .matches(e -> e.kind() == Kind.NOT_FOUND)
          .withMessageContaining(DIGEST.toString());
    }
  }

  @Test
  void followsNoLinkThatTookItsPlace() throws IOException {
    Path secret = Files.write(folder.resolve("secret"), CONTENT);
    try (BlobReader reader = open()) {
      Files.delete(file);
      Files.createSymbolicLink(file, secret);

      assertThatExceptionOfType(GantryException.class)
          .isThrownBy(() -> read(reader))
          .withMessageContaining(file + " is a symbolic link");
    }
  }

  @Test
  void readsNoFolderThatTookItsPlace() throws IOException {
    try (BlobReader reader = open()) {
      Files.delete(file);
      Files.createDirectory(file);

      assertThatExceptionOfType(GantryException.class)
          .isThrownBy(() -> read(reader))
          .withMessageContaining(file + " is a folder");
    }
  }

  @Test
  void readsNothingAfterItsEnd() throws IOException {
    BlobReader unread = open();
    unread.close();
    assertThatExceptionOfType(ClosedChannelException.class).isThrownBy(() -> read(unread));

    BlobReader reader = open();
    read(reader);
    reader.close();
    reader.close();
    assertThatExceptionOfType(ClosedChannelException.class).isThrownBy(() -> read(reader));
  }
}
