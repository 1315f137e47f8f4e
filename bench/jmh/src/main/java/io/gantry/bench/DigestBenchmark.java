package io.gantry.bench;

import io.gantry.api.oci.DigestAlgorithm;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** How many MiB one processor hashes in a second, from buffers of either kind and any size. */
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 3, time = 1)
@Fork(
    value = 1,
    jvmArgsAppend = {"-XX:+UseSerialGC", "-Xmn8m"})
@State(Scope.Thread)
public class DigestBenchmark {
  private static final int MEBIBYTES = 16;

  /** Whether the bytes are in the heap, or where system calls put them without a copy. */
  @Param({"heap", "direct"})
  public String memory = "";

  /** The length of the buffer in KiB. */
  @Param({"16", "256", "1024"})
  public int bufferKib;

  /** The algorithm of the digests. */
  @Param({"SHA256", "SHA512"})
  public DigestAlgorithm algorithm = DigestAlgorithm.SHA256;

  private ByteBuffer buffer = ByteBuffer.allocate(0);

  /** Fills the buffer. */
  @Setup
  public void fill() {
    byte[] content = Scratch.content(bufferKib << 10, 1);
    buffer =
        memory.equals("heap")
            ? ByteBuffer.wrap(content)
            : ByteBuffer.allocateDirect(content.length).put(content).flip();
  }

  /** Hashes it until that is so many MiB. */
  @Benchmark
  @OperationsPerInvocation(MEBIBYTES)
  public byte[] hash() {
    MessageDigest hash = algorithm.newMessageDigest();
    for (int bytes = 0; bytes < MEBIBYTES << 20; bytes += buffer.capacity()) {
      hash.update(buffer.rewind());
    }
    return hash.digest();
  }
}
