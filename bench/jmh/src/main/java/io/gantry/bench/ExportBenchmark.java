package io.gantry.bench;

import static java.util.Objects.requireNonNull;

import io.gantry.api.content.ContentStore;
import io.gantry.api.driver.ImageDriver;
import io.gantry.api.export.ExportPlan;
import io.gantry.api.export.ExportRequest;
import io.gantry.api.export.ExportResult;
import io.gantry.api.export.Exporter;
import io.gantry.api.plugin.DriverRegistry;
import io.gantry.api.provider.Location;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.TimeUnit;
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
 * How many MiB an export moves in a second, from a layout on disk, and what it allocates for each
 * of them; what takes the target away again is not counted.
 */
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 3, time = 2)
@Fork(
    value = 1,
    jvmArgsAppend = {"-XX:+UseSerialGC", "-Xmn8m"})
@State(Scope.Benchmark)
public class ExportBenchmark {
  private static final int MEBIBYTES = 256;

  /** The scheme of the target. */
  @Param({"tar", "dir"})
  public String driver = "";

  /** The length of each layer in KiB. */
  @Param({"4", "1024", "65536"})
  public int blobKib;

  /** How many blobs are moved at a time. */
  @Param({"1", "2", "8"})
  public int threads;

  /** Whether each export waits for the disk. */
  @Param({"true", "false"})
  public boolean sync;

  private final DriverRegistry registry = DriverRegistry.load();
  private @Nullable Scratch scratch;
  private @Nullable ContentStore store;
  private @Nullable ExportPlan plan;

  /** Makes the layout. */
  @Setup
  public void make() throws IOException {
    scratch = Scratch.of((MEBIBYTES << 10) / blobKib, blobKib << 10);
    store = registry.openStore(Location.parse("dir:" + scratch.source()), Map.of());
    plan = ExportPlan.of(store, ExportRequest.everything());
  }

  /** Takes away what was exported. */
  @Setup(Level.Invocation)
  public void clear() throws IOException {
    requireNonNull(scratch).clearTarget();
  }

  /** Exports all of it. */
  @Benchmark
  @OperationsPerInvocation(MEBIBYTES)
  public ExportResult export() throws IOException {
    Location target = Location.parse(driver + ":" + requireNonNull(scratch).target());
    try (ImageDriver to = registry.openDriver(target, Map.of())) {
      Exporter exporter = new Exporter(requireNonNull(store), to).parallel(threads);
      return (sync ? exporter : exporter.withoutSync()).export(requireNonNull(plan), false);
    }
  }

  /** Leaves nothing behind. */
  @TearDown
  public void remove() throws IOException {
    requireNonNull(store).close();
    requireNonNull(scratch).close();
    registry.close();
  }
}
