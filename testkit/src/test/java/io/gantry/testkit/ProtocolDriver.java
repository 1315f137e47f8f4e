package io.gantry.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.gantry.api.driver.BlobWriter;
import io.gantry.api.driver.ImageDriver;
import io.gantry.api.driver.InitOptions;
import io.gantry.api.oci.Descriptor;
import io.gantry.api.oci.Digest;
import io.gantry.api.oci.Index;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Records what an exporter does to a driver, and holds it to its promises: I2, X3, B8, B9 and B12.
 * The first promise that is broken is kept, as an exporter may well wrap what is thrown at it.
 */
final class ProtocolDriver implements ImageDriver {
  private final ImageDriver driver;
  private final int most;
  private final List<String> calls = new ArrayList<>();
  private final Set<Digest> settled = new HashSet<>();
  private Optional<InitOptions> announced = Optional.empty();
  private Optional<AssertionError> broken = Optional.empty();
  private boolean indexed;
  private int open;

  /** Makes a driver that takes {@code most} writers at a time. */
  ProtocolDriver(ImageDriver driver, int most) {
    this.driver = driver;
    this.most = most;
  }

  /** Returns the calls so far, writes left out. */
  List<String> calls() {
    return calls;
  }

  void assertKept() {
    broken.ifPresent(
        error -> {
          throw error;
        });
    assertThat(open).as("writers that were left open").isZero();
  }

  private void call(String name, Runnable promises) {
    calls.add(name);
    try {
      promises.run();
    } catch (AssertionError e) {
      broken = broken.or(() -> Optional.of(e));
      throw e;
    }
  }

  @Override
  public void init(InitOptions options) throws IOException {
    call("init", () -> assertThat(calls).as("I2: init is first and once").containsExactly("init"));
    announced = Optional.of(options);
    driver.init(options);
  }

  @Override
  public boolean contains(Descriptor blob) throws IOException {
    call("contains", () -> assertThat(announced).as("I2: init is first").isPresent());
    boolean contained = driver.contains(blob);
    if (contained) {
      settled.add(blob.digest());
    }
    return contained;
  }

  @Override
  public BlobWriter blobWriter(Descriptor blob) throws IOException {
    call(
        "blobWriter",
        () -> {
          assertThat(announced).as("I2: init is first").isPresent();
          assertThat(indexed).as("X3: writeIndex is last").isFalse();
          assertThat(open).as("B12: open writers").isLessThan(most);
          List<Descriptor> left = new ArrayList<>(announced.get().blobs());
          left.removeIf(other -> settled.contains(other.digest()));
          assertThat(blob).as("the blob whose turn it is").isEqualTo(left.get(0));
        });
    BlobWriter writer = driver.blobWriter(blob);
    open++;
    return new Writer(blob, writer);
  }

  @Override
  public void writeIndex(Index index) throws IOException {
    call(
        "writeIndex",
        () -> {
          assertThat(indexed).as("X3: writeIndex is once").isFalse();
          assertThat(open).as("X3: open writers at writeIndex").isZero();
          assertThat(settled)
              .as("X3: blobs that are there")
              .hasSize(announced.orElseThrow().blobs().size());
          assertThat(index).as("the index").isEqualTo(announced.get().index());
        });
    indexed = true;
    driver.writeIndex(index);
  }

  @Override
  public void close() throws IOException {
    calls.add("close");
    driver.close();
  }

  @Override
  public int maxOpenWriters() {
    return most;
  }

  private final class Writer implements BlobWriter {
    private final Descriptor blob;
    private final BlobWriter writer;
    private long written;
    private boolean done;
    private boolean closed;

    Writer(Descriptor blob, BlobWriter writer) {
      this.blob = blob;
      this.writer = writer;
    }

    @Override
    public int write(ByteBuffer src) throws IOException {
      int count = writer.write(src);
      written += count;
      call(
          "write",
          () -> {
            assertThat(done).as("B8: nothing is written after commit").isFalse();
            assertThat(closed).as("B8: nothing is written after close").isFalse();
            assertThat(written).as("bytes of %s", blob).isLessThanOrEqualTo(blob.size());
          });
      calls.remove(calls.size() - 1);
      return count;
    }

    @Override
    public void commit(long size, Digest digest) throws IOException {
      call(
          "commit",
          () -> {
            assertThat(done || closed).as("B9: commit is once, and before close").isFalse();
            assertThat(written).as("bytes at commit").isEqualTo(size).isEqualTo(blob.size());
            assertThat(digest).as("digest at commit").isEqualTo(blob.digest());
          });
      done = true;
      writer.commit(size, digest);
      settled.add(digest);
    }

    @Override
    public boolean isOpen() {
      return !closed;
    }

    @Override
    public void close() throws IOException {
      if (!closed) {
        closed = true;
        open--;
      }
      calls.add("closeWriter");
      writer.close();
    }
  }
}
