package io.gantry.api.export;

import io.gantry.api.GantryException;
import io.gantry.api.GantryException.Kind;
import io.gantry.api.content.BlobReader;
import io.gantry.api.content.ContentStore;
import io.gantry.api.content.Verification;
import io.gantry.api.driver.BlobWriter;
import io.gantry.api.oci.Descriptor;
import io.gantry.api.oci.Digest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/**
 * Moves blobs one after the other through a few buffers: read, hash, write, and commit if size and
 * digest are right. Used by one thread at a time.
 */
final class BlobTransfer {
  /** As much as stays in a processor's cache while it is read, hashed and written. */
  static final int BUFFER_BYTES = 64 * 1024;

  /** Below, handing buffers over costs more than it gains. */
  private static final long LEAST_BYTES_TO_OVERLAP = 32L * BUFFER_BYTES;

  private final ContentStore source;
  private final ExportListener listener;
  private final BooleanSupplier stopped;
  private final BufferRings rings;
  private final ByteBuffer single = ByteBuffer.allocateDirect(BUFFER_BYTES);

  /**
   * Makes a transfer.
   *
   * @param rings for large blobs that are hashed on a thread of their own
   * @param stopped asked before each buffer, whether the rest is not wanted any more
   */
  BlobTransfer(
      ContentStore source, ExportListener listener, BufferRings rings, BooleanSupplier stopped) {
    this.source = source;
    this.listener = listener;
    this.rings = rings;
    this.stopped = stopped;
  }

  /**
   * Moves one blob and commits it; the caller closes the writer.
   *
   * @param overlap whether it may be hashed on a thread of its own if it is large
   */
  void move(Descriptor blob, boolean overlap, BlobWriter writer) throws GantryException {
    checkStopped();
    try (BlobReader reader = open(blob)) {
      Verification.size(blob.digest(), blob.size(), sizeOf(blob, reader));
      copy(blob, reader, overlap, writer);
    } catch (IOException e) {
      throw GantryException.of(Kind.SOURCE_FAILED, "cannot read blob " + blob.digest(), e);
    }
  }

  private void copy(Descriptor blob, BlobReader reader, boolean overlap, BlobWriter writer)
      throws GantryException {
    try {
      Optional<Digest> linked = link(blob, reader, writer);
      Digest actual = linked.isPresent() ? linked.get() : write(blob, reader, overlap, writer);
      Verification.digest(blob.digest(), actual);
      writer.commit(blob.size(), actual);
    } catch (IOException e) {
      throw GantryException.of(Kind.TARGET_FAILED, "cannot write blob " + blob.digest(), e);
    }
  }

  /** Returns the digest of what the writer has taken from a file, if it has. */
  private Optional<Digest> link(Descriptor blob, BlobReader reader, BlobWriter writer)
      throws IOException {
    Optional<Path> file = reader.file();
    Optional<ReadableByteChannel> linked =
        file.isPresent() ? writer.link(file.get()) : Optional.empty();
    if (linked.isEmpty()) {
      return Optional.empty();
    }
    try (ReadableByteChannel content = linked.get()) {
      BlobHash hash = new BlobHash(blob.digest().algorithm());
      long size = 0;
      // What does not end is too long soon enough.
      for (int count; size <= blob.size() && (count = content.read(single.clear())) > 0; ) {
        checkStopped();
        hash.update(single.flip());
        listener.bytesWritten(blob, count);
        size += count;
      }
      Verification.size(blob.digest(), blob.size(), size);
      return Optional.of(hash.finish());
    }
  }

  private Digest write(Descriptor blob, BlobReader reader, boolean overlap, BlobWriter writer)
      throws IOException {
    Optional<List<ByteBuffer>> ring =
        overlap && blob.size() >= LEAST_BYTES_TO_OVERLAP ? rings.take() : Optional.empty();
    return ring.isPresent()
        ? copyWhileHashing(blob, reader, writer, ring.get())
        : copyAndHash(blob, reader, writer);
  }

  private Digest copyAndHash(Descriptor blob, BlobReader reader, BlobWriter writer)
      throws IOException {
    BlobHash hash = new BlobHash(blob.digest().algorithm());
    long position = 0;
    while (position < blob.size()) {
      checkStopped();
      int count = fill(single.clear(), blob, reader, position);
      hash.update(single);
      drain(single.rewind(), blob, writer);
      position += count;
    }
    return hash.finish();
  }

  private Digest copyWhileHashing(
      Descriptor blob, BlobReader reader, BlobWriter writer, List<ByteBuffer> ring)
      throws IOException {
    try (HashingThread hashing = new HashingThread(blob.digest().algorithm(), ring)) {
      long position = 0;
      while (position < blob.size()) {
        checkStopped();
        ByteBuffer buffer = hashing.nextBuffer();
        int count = fill(buffer, blob, reader, position);
        hashing.hash();
        drain(buffer, blob, writer);
        position += count;
      }
      return hashing.finish();
    } finally {
      rings.giveBack(ring);
    }
  }

  private void checkStopped() throws GantryException {
    if (stopped.getAsBoolean()) {
      throw Interruption.exception();
    }
  }

  private static int fill(ByteBuffer buffer, Descriptor blob, BlobReader reader, long position)
      throws GantryException {
    buffer.limit((int) Math.min(buffer.capacity(), blob.size() - position));
    int count;
    try {
      count = reader.read(buffer, position);
    } catch (IOException e) {
      throw GantryException.of(Kind.SOURCE_FAILED, "cannot read blob " + blob.digest(), e);
    }
    if (count < 0) {
      // It had its full size when it was opened, so it shrank under the reader.
      Verification.size(blob.digest(), blob.size(), position);
    }
    int filled = buffer.flip().remaining();
    if (filled == 0) {
      throw new GantryException(
          Kind.SOURCE_FAILED, "blob %s: the source gave no bytes".formatted(blob.digest()));
    }
    return filled;
  }

  private void drain(ByteBuffer buffer, Descriptor blob, BlobWriter writer) throws IOException {
    int count = buffer.remaining();
    while (buffer.hasRemaining()) {
      int before = buffer.remaining();
      writer.write(buffer);
      if (buffer.remaining() == before) {
        throw new IOException("the driver took none of the bytes of " + blob.digest());
      }
    }
    listener.bytesWritten(blob, count);
  }

  private BlobReader open(Descriptor blob) throws GantryException {
    try {
      return source.open(blob);
    } catch (IOException e) {
      throw GantryException.of(Kind.SOURCE_FAILED, "cannot read blob " + blob.digest(), e);
    }
  }

  private static long sizeOf(Descriptor blob, BlobReader reader) throws GantryException {
    try {
      return reader.size();
    } catch (IOException e) {
      throw GantryException.of(Kind.SOURCE_FAILED, "cannot read blob " + blob.digest(), e);
    }
  }
}
