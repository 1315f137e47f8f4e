package io.gantry.driver.directory;

import static org.assertj.core.api.Assertions.assertThat;

import io.gantry.api.check.Verifier;
import io.gantry.api.check.VerifyReport;
import io.gantry.api.content.ContentStore;
import io.gantry.api.oci.Descriptor;
import io.gantry.api.provider.Location;
import io.gantry.api.provider.Options;
import io.gantry.testkit.ImageFactory;
import io.gantry.testkit.InMemoryStore;
import io.gantry.testkit.OciLayout;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Several processes, and threads of this one, at one layout. A build has a few rounds of it; {@code
 * -Dgantry.rounds=1000} makes it as many as one wants.
 */
class ManyProcessesTest {
  private static final int ROUNDS = Integer.getInteger("gantry.rounds", 5);
  private static final int PROCESSES = 3;
  private static final int THREADS = 2;
  private static final int IMAGES = 4;

  @TempDir private Path folder;
  private final List<LayoutProcess> processes = new ArrayList<>();
  private final ExecutorService threads = Executors.newCachedThreadPool();

  private LayoutProcess process(int number) throws IOException {
    while (processes.size() <= number) {
      processes.add(LayoutProcess.start());
    }
    return processes.get(number);
  }

  @AfterEach
  void endAll() {
    threads.shutdownNow();
    processes.forEach(LayoutProcess::close);
  }

  /** Every round begins with a folder that is not there, which all of them make a layout. */
  @Test
  void losesNoEntryOfExportsByManyProcesses() throws Exception {
    int exports = 0;
    for (int round = 0; round < ROUNDS; round++) {
      Path root = folder.resolve("layout-" + round);
      exports += awaitAll(exporters(root));
      assertWhole(root);
      delete(root);
    }
    System.out.printf("%d rounds, %d exports%n", ROUNDS, exports);
  }

  /** The layout has blobs that no image needs, until the exports find and use them. */
  @Test
  void losesNoBlobToPruningBesideExports() throws Exception {
    int exports = 0;
    AtomicInteger pruned = new AtomicInteger();
    AtomicInteger refused = new AtomicInteger();
    for (int round = 0; round < ROUNDS; round++) {
      Path root = folder.resolve("layout-" + round);
      InMemoryStore old = new InMemoryStore();
      for (int layer = 0; layer < 2; layer++) {
        LayoutProcess.shared(ImageFactory.into(old, 0), layer);
      }
      OciLayout.write(OciLayout.files(old), root);
      AtomicBoolean exported = new AtomicBoolean();
      List<Future<String>> pruning = new ArrayList<>();
      LayoutProcess pruner = process(PROCESSES);
      for (Callable<String> prune :
          List.<Callable<String>>of(
              () -> LayoutProcess.prune(root), () -> pruner.order("prune", root, 0, 0))) {
        pruning.add(
            threads.submit(
                () -> {
                  String answer = LayoutProcess.DONE;
                  while (!exported.get()
                      && (answer.equals(LayoutProcess.DONE)
                          || answer.equals(LayoutProcess.REFUSED))) {
                    answer = prune.call();
                    (answer.equals(LayoutProcess.DONE) ? pruned : refused).incrementAndGet();
                  }
                  return answer;
                }));
      }
      try {
        exports += awaitAll(exporters(root));
      } finally {
        exported.set(true);
      }
      for (Future<String> done : pruning) {
        assertThat(done.get()).isIn(LayoutProcess.DONE, LayoutProcess.REFUSED);
      }
      assertWhole(root);
      assertThat(LayoutProcess.prune(root)).isEqualTo(LayoutProcess.DONE);
      VerifyReport left = assertWhole(root);
      assertThat(left.unreachable()).hasValue(List.of());
      delete(root);
    }
    System.out.printf(
        "%d rounds, %d exports, %s prunes beside them and %s that gave way%n",
        ROUNDS, exports, pruned, refused);
  }

  /** Returns the work of exporters that begin together. */
  private List<Callable<String>> exporters(Path root) throws IOException {
    CyclicBarrier together = new CyclicBarrier(PROCESSES + THREADS);
    List<Callable<String>> exporters = new ArrayList<>();
    for (int i = 0; i < PROCESSES + THREADS; i++) {
      int first = i * IMAGES;
      if (i < PROCESSES) {
        LayoutProcess process = process(i);
        exporters.add(
            () -> {
              together.await();
              return process.order("export", root, first, IMAGES);
            });
      } else {
        exporters.add(
            () -> {
              together.await();
              return LayoutProcess.export(root, first, IMAGES);
            });
      }
    }
    return exporters;
  }

  private int awaitAll(List<Callable<String>> exporters) throws Exception {
    for (Future<String> done : threads.invokeAll(exporters)) {
      assertThat(done.get()).isEqualTo(LayoutProcess.DONE);
    }
    return exporters.size() * IMAGES;
  }

  /** Every image of every exporter is there, with every byte that it needs. */
  private static VerifyReport assertWhole(Path root) throws IOException {
    try (ContentStore store =
        new DirectoryStoreProvider()
            .open(Location.parse("dir:" + root), Options.parse("dir", List.of(), Map.of()))) {
      assertThat(store.roots())
          .extracting(Descriptor::digest)
          .doesNotHaveDuplicates()
          .hasSize((PROCESSES + THREADS) * IMAGES);
      VerifyReport report = new Verifier(store).parallel(1).verify();
      assertThat(report.faults()).isEmpty();
      return report;
    }
  }

  private static void delete(Path root) throws IOException {
    List<Path> all;
    try (Stream<Path> tree = Files.walk(root)) {
      all = new ArrayList<>(tree.toList());
    }
    for (int i = all.size() - 1; i >= 0; i--) {
      Files.delete(all.get(i));
    }
  }
}
