package io.gantry.api.content;

import static org.assertj.core.api.Assertions.assertThat;

import io.gantry.api.oci.Digest;
import io.gantry.api.oci.DigestAlgorithm;
import java.io.IOException;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class BlobReaderTest {

  @ParameterizedTest
  @CsvSource({
    "0,      1",
    "1,      1",
    "5,      1",
    "5,      3",
    "262143, 2147483647",
    "262144, 2147483647",
    "262145, 2147483647",
    "600000, 100000"
  })
  void hashesAllItsBytesHoweverShortItsReads(int size, int chunk) throws IOException {
    byte[] content = content(size);

    assertThat(ByteReader.of(content).inChunksOf(chunk).digest(DigestAlgorithm.SHA256))
        .isEqualTo(Digest.of(DigestAlgorithm.SHA256, content));
  }

  @ParameterizedTest
  @EnumSource
  void hashesByTheAlgorithmThatIsAskedFor(DigestAlgorithm algorithm) throws IOException {
    byte[] content = content(10);

    assertThat(ByteReader.of(content).digest(algorithm)).isEqualTo(Digest.of(algorithm, content));
  }

  @Test
  @Timeout(value = 20, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void endsWhereAReadGivesNothing() throws IOException {
    assertThat(ByteReader.of(content(10)).inChunksOf(0).digest(DigestAlgorithm.SHA256))
        .isEqualTo(Digest.of(DigestAlgorithm.SHA256, new byte[0]));
  }

  private static byte[] content(int size) {
    byte[] content = new byte[size];
    new Random(7).nextBytes(content);
    return content;
  }
}
