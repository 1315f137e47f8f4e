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
import java.util.List;
import java.util.Optional;

/**
 * Records what an exporter does to a driver, and holds it to its promises: I2, X3, B8, B9 and B12.
 * The first promise that is broken is kept, as an exporter may well wrap what is thrown at it. Safe
 * for use by several threads, if the driver within is.
 */
final class ProtocolDriver implements ImageDriver {
  private final ImageDriver driver;
  private final int most;

  // All are guarded by this.
  private final List<String> calls = new ArrayList<>();
  private Optional<InitOptions> announced = Optional.empty();
  private Optional<Thread> caller = Optional.empty();
  private Optional<Descriptor> turn = Optional.empty();
  private Optional<AssertionError> broken = Optional.empty();
  private boolean indexed;
  private int asked;
  private int settled;
  private int open;
  private int mostOpen;

  /** Makes a driver that takes {@code most} writers at a time. */
  ProtocolDriver(ImageDriver driver, int most) {
    this.driver = driver;
    this.most = most;
  }

  /** Returns the calls so far, writes left out. */
  synchronized List<String> calls() {
    return List.copyOf(calls);
  }

  /** Returns how many writers there were at a time. */
  synchronized int mostOpen() {
    return mostOpen;
  }

  synchronized void assertKept() {
    broken.ifPresent(
        error -> {
          throw error;
        });
    assertThat(open).as("writers that were left open").isZero();
  }

  private synchronized void call(String name, Runnable promises) {
    calls.add(name);
    expect(promises);
  }

  private synchronized void expect(Runnable promises) {
    try {
      promises.run();
    } catch (AssertionError e) {
      broken = broken.or(() -> Optional.of(e));
      throw e;
    }
  }

  private void expectTheCaller() {
    assertThat(announced).as("I2: init is first").isPresent();
    assertThat(caller).as("B12: the thread of init").contains(Thread.currentThread());
    assertThat(indexed).as("X3: writeIndex is last").isFalse();
  }

  @Override
  public void init(InitOptions options) throws IOException {
    call(
        "init",
        () -> {
          assertThat(calls).as("I2: init is first and once").containsExactly("init");
          announced = Optional.of(options);
          caller = Optional.of(Thread.currentThread());
        });
    driver.init(options);
  }

  @Override
  public boolean contains(Descriptor blob) throws IOException {
    call(
        "contains",
        () -> {
          expectTheCaller();
          assertThat(turn).as("a blob that was asked for and not sent").isEmpty();
          assertThat(blob)
              .as("B12: the blob whose turn it is")
              .isEqualTo(announced.orElseThrow().blobs().get(asked));
          asked++;
        });
    boolean contained = driver.contains(blob);
    synchronized (this) {
      if (contained) {
        settled++;
      } else {
        turn = Optional.of(blob);
      }
    }
    return contained;
  }

  @Override
  public BlobWriter blobWriter(Descriptor blob) throws IOException {
    call(
        "blobWriter",
        () -> {
          expectTheCaller();
          assertThat(open).as("B12: open writers").isLessThan(most);
          assertThat(turn).as("B12: the blob whose turn it is").contains(blob);
          turn = Optional.empty();
        });
    BlobWriter writer = driver.blobWriter(blob);
    synchronized (this) {
      open++;
      mostOpen = Math.max(mostOpen, open);
    }
    return new Writer(blob, writer);
  }

  @Override
  public void writeIndex(Index index) throws IOException {
    call(
        "writeIndex",
        () -> {
          expectTheCaller();
          assertThat(open).as("X3: open writers at writeIndex").isZero();
          assertThat(settled)
              .as("X3: blobs that are there")
              .isEqualTo(announced.orElseThrow().blobs().size());
          assertThat(index).as("the index").isEqualTo(announced.get().index());
          indexed = true;
        });
    driver.writeIndex(index);
  }

  @Override
  public void close() throws IOException {
    call("close", () -> assertThat(open).as("open writers at close").isZero());
    driver.close();
  }

  @Override
  public int maxOpenWriters() {
    return most;
  }

  private final class Writer implements BlobWriter {
    private final Descriptor blob;
    private final BlobWriter writer;

    // All are guarded by the driver.
    private Optional<Thread> user = Optional.empty();
    private long written;
    private boolean done;
    private boolean closed;

    Writer(Descriptor blob, BlobWriter writer) {
      this.blob = blob;
      this.writer = writer;
    }

    private void expectOneUser() {
      user = user.or(() -> Optional.of(Thread.currentThread()));
      assertThat(user).as("the one thread of a writer").contains(Thread.currentThread());
    }

    @Override
    public int write(ByteBuffer src) throws IOException {
      int count = writer.write(src);
      expect(
          () -> {
            expectOneUser();
            written += count;
            assertThat(done).as("B8: nothing is written after commit").isFalse();
            assertThat(closed).as("B8: nothing is written after close").isFalse();
            assertThat(written).as("bytes of %s", blob).isLessThanOrEqualTo(blob.size());
          });
      return count;
    }

    @Override
    public void commit(long size, Digest digest) throws IOException {
      call(
          "commit",
          () -> {
            expectOneUser();
            assertThat(done || closed).as("B9: commit is once, and before close").isFalse();
            assertThat(written).as("bytes at commit").isEqualTo(size).isEqualTo(blob.size());
            assertThat(digest).as("digest at commit").isEqualTo(blob.digest());
            done = true;
          });
      writer.commit(size, digest);
      synchronized (ProtocolDriver.this) {
        settled++;
      }
    }

    @Override
    public boolean isOpen() {
      synchronized (ProtocolDriver.this) {
        return !closed;
      }
    }

    @Override
    public void close() throws IOException {
      try {
        writer.close();
      } finally {
        call(
            "closeWriter",
            () -> {
              expectOneUser();
              assertThat(closed).as("a writer is closed once").isFalse();
              closed = true;
              open--;
            });
      }
    }
  }
}
