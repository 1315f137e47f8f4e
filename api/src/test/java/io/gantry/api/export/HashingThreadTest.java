package io.gantry.api.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gantry.api.oci.Digest;
import io.gantry.api.oci.DigestAlgorithm;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(20)
class HashingThreadTest {
  private final List<ByteBuffer> ring =
      List.of(ByteBuffer.allocateDirect(100), ByteBuffer.allocateDirect(100));

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3, 1000})
  void hashesAllBuffersInTheirOrder(int buffers) throws IOException {
    Random random = new Random(buffers);
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    try (HashingThread hashing = new HashingThread(DigestAlgorithm.SHA256, ring)) {
      for (int i = 0; i < buffers; i++) {
        byte[] bytes = new byte[1 + random.nextInt(100)];
        random.nextBytes(bytes);
        all.write(bytes);
        hashing.nextBuffer().put(bytes).flip();
        hashing.hash();
      }
      assertThat(hashing.finish()).isEqualTo(Digest.of(DigestAlgorithm.SHA256, all.toByteArray()));
    }
  }

  @Test
  void leavesNobodyWaitingWhenItIsInterruptedByAStranger() throws IOException {
    try (HashingThread hashing = new HashingThread(DigestAlgorithm.SHA256, ring)) {
      for (Thread thread : Thread.getAllStackTraces().keySet()) {
        if (thread.getName().equals("gantry-hash")) {
          thread.interrupt();
        }
      }
      for (int i = 0; i < 5; i++) {
        hashing.nextBuffer().flip();
        hashing.hash();
      }
      assertThatThrownBy(hashing::finish).isInstanceOf(IllegalStateException.class);
    }
  }

  @Test
  void endsInTheMidstOfABlob() throws IOException {
    HashingThread hashing = new HashingThread(DigestAlgorithm.SHA256, ring);
    hashing.nextBuffer().flip();
    hashing.hash();
    hashing.close();
    assertThat(Thread.getAllStackTraces().keySet())
        .extracting(Thread::getName)
        .doesNotContain("gantry-hash");
  }
}
