package io.gantry.api.file;

import static io.gantry.api.FailureAssert.assertFailure;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.gantry.api.GantryException.Kind;
import io.gantry.api.content.BlobReader;
import io.gantry.api.oci.Digest;
import io.gantry.api.oci.DigestAlgorithm;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class BlobFolderTest {
  private static final byte[] CONTENT = "content".getBytes(US_ASCII);
  private static final Digest DIGEST = Digest.of(DigestAlgorithm.SHA256, CONTENT);

  @ParameterizedTest
  @EnumSource
  void putsEveryAlgorithmInAFolderOfItsOwn(DigestAlgorithm algorithm) {
    Digest digest = Digest.of(algorithm, CONTENT);

    assertThat(new BlobFolder(Path.of("images")).path(digest))
        .isEqualTo(Path.of("images", "blobs", algorithm.id(), digest.encoded()));
  }

  @Test
  void readsBlobsByPosition(@TempDir Path root) throws IOException {
    write(root, CONTENT);

    try (BlobReader reader = new BlobFolder(root).open(DIGEST)) {
      assertThat(reader.size()).isEqualTo(CONTENT.length);
      assertThat(read(reader, 3, 4)).isEqualTo("tent");
      assertThat(read(reader, 0, 3)).isEqualTo("con");
      assertThat(reader.read(ByteBuffer.allocate(1), CONTENT.length)).isEqualTo(-1);
      assertThat(reader.digest(DigestAlgorithm.SHA256)).isEqualTo(DIGEST);
    }
  }

  private static String read(BlobReader reader, long position, int count) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(count);
    assertThat(reader.read(buffer, position)).isEqualTo(count);
    return US_ASCII.decode(buffer.flip()).toString();
  }

  @Test
  void tellsTheSizeThatIsStored(@TempDir Path root) throws IOException {
    write(root, new byte[3]);

    try (BlobReader reader = new BlobFolder(root).open(DIGEST)) {
      assertThat(reader.size()).isEqualTo(3);
    }
  }

  @Test
  void namesTheBlobThatIsNotThere(@TempDir Path root) {
    assertFailure(Kind.NOT_FOUND, () -> new BlobFolder(root).open(DIGEST))
        .hasMessageStartingWith("blob %s: not found in %s; ".formatted(DIGEST, root))
        .hasMessageContaining("fetch the image again");
  }

  @Test
  void opensNoLinkInThePlaceOfABlob(@TempDir Path root) throws IOException {
    Path blob = new BlobFolder(root).path(DIGEST);
    Files.createDirectories(blob.getParent());
    Files.createSymbolicLink(blob, Path.of("/etc/passwd"));

    assertFailure(Kind.SOURCE_FAILED, () -> new BlobFolder(root).open(DIGEST))
        .hasMessageContaining("is a symbolic link");
    Files.delete(blob);
  }

  @Test
  void opensNoFolderInThePlaceOfABlob(@TempDir Path root) throws IOException {
    Files.createDirectories(new BlobFolder(root).path(DIGEST));

    assertFailure(Kind.SOURCE_FAILED, () -> new BlobFolder(root).open(DIGEST))
        .hasMessageContaining("is a folder");
  }

  @Test
  void readsNothingBeforeABlobIsAskedFor(@TempDir Path root) {
    var folder = new BlobFolder(root.resolve("missing"));

    assertThat(folder.path(DIGEST)).startsWithRaw(root).doesNotExist();
  }

  private static void write(Path root, byte[] content) throws IOException {
    Path blob = new BlobFolder(root).path(DIGEST);
    Files.createDirectories(blob.getParent());
    Files.write(blob, content);
  }
}
