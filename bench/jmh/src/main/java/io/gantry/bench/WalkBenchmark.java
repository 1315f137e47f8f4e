package io.gantry.bench;

import io.gantry.api.GantryException;
import io.gantry.api.export.ExportPlan;
import io.gantry.api.export.ExportRequest;
import io.gantry.api.oci.Descriptor;
import io.gantry.testkit.ImageFactory;
import io.gantry.testkit.InMemoryStore;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** How long a plan takes: reading and checking the JSON of images that are in memory. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 3, time = 1)
@Fork(
    value = 1,
    jvmArgsAppend = {"-XX:+UseSerialGC", "-Xmn8m"})
@State(Scope.Benchmark)
public class WalkBenchmark {
  /** How many images, listed by an index, and how many layers each of them has. */
  @Param({"1x12", "1x500", "100x12", "1000x12", "100x500"})
  public String images = "";

  private final InMemoryStore store = new InMemoryStore();

  /** Makes the images. */
  @Setup
  public void make() {
    ImageFactory make = ImageFactory.into(store, 5);
    String[] counts = images.split("x", 2);
    List<Descriptor> made = new ArrayList<>();
    for (int image = 0; image < Integer.parseInt(counts[0]); image++) {
      int[] sizes = new int[Integer.parseInt(counts[1])];
      for (int layer = 0; layer < sizes.length; layer++) {
        sizes[layer] = 16;
      }
      made.add(make.image(sizes));
    }
    make.offer(make.index(made), "latest");
  }

  /** Plans to export all of them. */
  @Benchmark
  public ExportPlan plan() throws GantryException {
    return ExportPlan.of(store, ExportRequest.everything());
  }
}
