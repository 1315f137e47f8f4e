package io.gantry.bench;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * How many MiB of files one processor copies in a second without a look at them: the floor below an
 * export.
 */
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 3, time = 1)
@Fork(1)
@State(Scope.Benchmark)
public class CopyBenchmark {
  private static final int MEBIBYTES = 256;

  /** The length of each file in KiB. */
  @Param({"4", "1024", "65536"})
  public int blobKib;

  private @Nullable Scratch scratch;
  private List<Path> files = List.of();

  /** Makes the files. */
  @Setup
  public void make() throws IOException {
    scratch = Scratch.of((MEBIBYTES << 10) / blobKib, blobKib << 10);
    try (Stream<Path> blobs = Files.list(scratch.source().resolve("blobs/sha256"))) {
      files = blobs.toList();
    }
  }

  /** Takes away the copies. */
  @Setup(Level.Invocation)
  public void clear() throws IOException {
    requireNonNull(scratch).clearTarget();
    Files.createDirectory(requireNonNull(scratch).target());
  }

  /** Copies all of them. */
  @Benchmark
  @OperationsPerInvocation(MEBIBYTES)
  public long copy() throws IOException {
    Path target = requireNonNull(scratch).target();
    long copied = 0;
    for (Path file : files) {
      try (FileChannel from = FileChannel.open(file);
          FileChannel to =
              FileChannel.open(
                  target.resolve(file.getFileName()),
                  StandardOpenOption.CREATE_NEW,
                  StandardOpenOption.WRITE)) {
        copied += from.transferTo(0, from.size(), to);
      }
    }
    return copied;
  }

  /** Leaves nothing behind. */
  @TearDown
  public void remove() throws IOException {
    requireNonNull(scratch).close();
  }
}
