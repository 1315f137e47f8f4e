package io.gantry.driver.tar;

import static org.assertj.core.api.Assertions.assertThat;

import io.gantry.api.oci.Digest;
import io.gantry.api.oci.DigestAlgorithm;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TarHeaderTest {
  private static final String SHA256 = "blobs/sha256/" + "ab".repeat(32);
  private static final String SHA512 = "blobs/sha512/" + "ab".repeat(64);
  private static final long EIGHT_GIB = 8L << 30;

  /** The digests are of what Go 1.26's archive/tar wrote for the same members. */
  @ParameterizedTest
  @CsvSource({
    "sha512, 3, 19ff9b594ae2505148d07b13141b015279808e5c9b78a19ce0f1f7e34084675e",
    "sha256, 8589934592, 39710ed5df7ca3498fcd4be9b1c3d45585c88516ad5381bc211aade0b6c5030b",
    "sha512, 8589934592, 0e5703f2635fa8f29a56fec2aa191cb116c18572383323f0aba97d47c1e4495e",
  })
  void equalsTheHeaderThatGoWrites(String algorithm, long size, String digestOfHeader) {
    byte[] header = TarHeader.file(algorithm.equals("sha256") ? SHA256 : SHA512, 0444, size);

    assertThat(Digest.of(DigestAlgorithm.SHA256, header).encoded()).isEqualTo(digestOfHeader);
  }

  @Test
  void takesOneBlockWhereUstarIsEnough() {
    assertThat(TarHeader.file(SHA256, 0444, EIGHT_GIB - 1)).hasSize(TarHeader.BLOCK);
    assertThat(TarHeader.folder("blobs/")).hasSize(TarHeader.BLOCK);
  }

  @ParameterizedTest
  @CsvSource({
    "0",
    "1",
    "511",
    "512",
    "513",
    "8589934591",
    "8589934592",
    "1099511627776",
  })
  void isReadBackByAnotherImplementation(long size) throws IOException {
    for (String name : new String[] {SHA256, SHA512}) {
      byte[] header = TarHeader.file(name, 0444, size);
      try (var in = new TarArchiveInputStream(new ByteArrayInputStream(header))) {
        TarArchiveEntry entry = in.getNextEntry();

        assertThat(entry.getName()).isEqualTo(name);
        assertThat(entry.getSize()).isEqualTo(size);
        assertThat(entry.getMode()).isEqualTo(0444);
        assertThat(entry.isFile()).isTrue();
        assertThat(entry.isCheckSumOK()).isTrue();
        assertThat(entry.getLastModifiedTime().toMillis()).isZero();
        assertThat(entry.getLongUserId()).isZero();
        assertThat(entry.getLongGroupId()).isZero();
        assertThat(entry.getUserName()).isEmpty();
        assertThat(entry.getGroupName()).isEmpty();
      }
    }
  }

  @Test
  void marksFolders() throws IOException {
    byte[] header = TarHeader.folder("blobs/sha256/");
    try (var in = new TarArchiveInputStream(new ByteArrayInputStream(header))) {
      TarArchiveEntry entry = in.getNextEntry();

      assertThat(entry.isDirectory()).isTrue();
      assertThat(entry.getMode()).isEqualTo(0755);
    }
  }

  @ParameterizedTest
  @CsvSource({"0, 0", "1, 511", "511, 1", "512, 0", "513, 511", "8589934593, 511"})
  void padsContentToWholeBlocks(long size, int padding) {
    assertThat(TarHeader.padding(size)).isEqualTo(padding);
  }
}
