package io.gantry.testkit;

import static java.util.Objects.requireNonNull;

import io.gantry.api.driver.BlobWriter;
import io.gantry.api.driver.ImageDriver;
import io.gantry.api.driver.InitOptions;
import io.gantry.api.oci.Descriptor;
import io.gantry.api.oci.Digest;
import io.gantry.api.oci.Index;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A driver that does what another does until one call, counted over the whole export, fails. As
 * safe for use by several threads as the driver within, which is closed with it.
 */
public final class FaultyDriver implements ImageDriver {
  private final ImageDriver driver;
  private final Call call;
  private final Fault fault;
  private final AtomicInteger callsLeft;
  private final int most;

  /** The calls of a driver and its writers that can fail. */
  public enum Call {
    /** {@link ImageDriver#init}. */
    INIT,
    /** {@link ImageDriver#contains}. */
    CONTAINS,
    /** {@link ImageDriver#blobWriter}. */
    BLOB_WRITER,
    /** {@link BlobWriter#write}. */
    WRITE,
    /** {@link BlobWriter#commit}. */
    COMMIT,
    /** {@link BlobWriter#close}; the writer within is closed first. */
    CLOSE_WRITER,
    /** {@link ImageDriver#writeIndex}. */
    WRITE_INDEX,
    /** {@link ImageDriver#close}; the driver within is closed first. */
    CLOSE
  }

  /** What happens in the place of the call. */
  @FunctionalInterface
  public interface Fault {
    /**
     * Fails, or does something and lets the call happen after all.
     *
     * @throws IOException if that is the fault
     */
    void strike() throws IOException;
  }

  /** Makes a driver whose {@code n}-th such call, counted from one, throws an I/O error. */
  public FaultyDriver(ImageDriver driver, Call call, int n) {
    this(
        driver,
        call,
        n,
        () -> {
          throw new IOException("the target broke at call %d of %s".formatted(n, call));
        });
  }

  /** Makes a driver in which something happens at the {@code n}-th such call, from one. */
  public FaultyDriver(ImageDriver driver, Call call, int n, Fault fault) {
    this(driver, call, n, fault, Integer.MAX_VALUE);
  }

  /** Returns a driver that takes no more than {@code most} bytes at a time. */
  public static FaultyDriver takingAtMost(int most, ImageDriver driver) {
    return new FaultyDriver(driver, Call.INIT, 0, () -> {}, most);
  }

  private FaultyDriver(ImageDriver driver, Call call, int n, Fault fault, int most) {
    this.driver = requireNonNull(driver, "driver");
    this.call = requireNonNull(call, "call");
    this.fault = requireNonNull(fault, "fault");
    this.callsLeft = new AtomicInteger(n);
    this.most = most;
  }

  private void at(Call now) throws IOException {
    if (now == call && callsLeft.decrementAndGet() == 0) {
      fault.strike();
    }
  }

  @Override
  public void init(InitOptions options) throws IOException {
    at(Call.INIT);
    driver.init(options);
  }

  @Override
  public BlobWriter blobWriter(Descriptor blob) throws IOException {
    at(Call.BLOB_WRITER);
    return new Writer(driver.blobWriter(blob));
  }

  @Override
  public void writeIndex(Index index) throws IOException {
    at(Call.WRITE_INDEX);
    driver.writeIndex(index);
  }

  @Override
  public void close() throws IOException {
    driver.close();
    at(Call.CLOSE);
  }

  @Override
  public int maxOpenWriters() {
    return driver.maxOpenWriters();
  }

  @Override
  public boolean contains(Descriptor blob) throws IOException {
    at(Call.CONTAINS);
    return driver.contains(blob);
  }

  private final class Writer implements BlobWriter {
    private final BlobWriter writer;

    Writer(BlobWriter writer) {
      this.writer = writer;
    }

    @Override
    public int write(ByteBuffer src) throws IOException {
      at(Call.WRITE);
      int limit = src.limit();
      src.limit(src.position() + Math.min(most, src.remaining()));
      try {
        return writer.write(src);
      } finally {
        src.limit(limit);
      }
    }

    @Override
    public void commit(long size, Digest digest) throws IOException {
      at(Call.COMMIT);
      writer.commit(size, digest);
    }

    @Override
    public boolean isOpen() {
      return writer.isOpen();
    }

    @Override
    public void close() throws IOException {
      writer.close();
      at(Call.CLOSE_WRITER);
    }
  }
}
