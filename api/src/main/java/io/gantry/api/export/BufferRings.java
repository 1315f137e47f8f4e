package io.gantry.api.export;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Stream;

/**
 * The buffers for blobs that are hashed while they are moved. There are a few rings of them, as no
 * more threads hash at a time than there are processors; other blobs do without.
 */
final class BufferRings {
  private static final int MOST = 8;
  private static final int BUFFERS = 4;

  /** A ring that nobody has needed yet is empty. */
  private final ConcurrentLinkedQueue<List<ByteBuffer>> rings = new ConcurrentLinkedQueue<>();

  private final int bufferBytes;

  /**
   * Makes rings, of which none has buffers yet.
   *
   * @param count how many at most; there are fewer where there are fewer processors, and none where
   *     there is one
   */
  BufferRings(int count, int bufferBytes) {
    this.bufferBytes = bufferBytes;
    int processors = Runtime.getRuntime().availableProcessors();
    for (int i = 0; i < Math.min(count, Math.min(processors, MOST)) && processors > 1; i++) {
      rings.add(List.of());
    }
  }

  /** Takes a ring if there is one. */
  Optional<List<ByteBuffer>> take() {
    return Optional.ofNullable(rings.poll()).map(ring -> ring.isEmpty() ? make() : ring);
  }

  private List<ByteBuffer> make() {
    return Stream.generate(() -> ByteBuffer.allocateDirect(bufferBytes)).limit(BUFFERS).toList();
  }

  /** Gives a ring back. */
  void giveBack(List<ByteBuffer> ring) {
    rings.add(ring);
  }
}
