package io.gantry.driver.directory;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.gantry.api.GantryException;
import io.gantry.api.driver.ImageDriver;
import io.gantry.api.export.ExportPlan;
import io.gantry.api.export.ExportRequest;
import io.gantry.api.export.Exporter;
import io.gantry.api.layout.Layout;
import io.gantry.api.layout.PruneOptions;
import io.gantry.api.oci.Descriptor;
import io.gantry.api.oci.MediaTypes;
import io.gantry.api.provider.Location;
import io.gantry.api.provider.Options;
import io.gantry.testkit.ImageFactory;
import io.gantry.testkit.InMemoryStore;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * A process of its own that exports to layouts and prunes them, one line of its input at a time.
 */
final class LayoutProcess implements AutoCloseable {
  static final String DONE = "done";
  static final String REFUSED = "refused";
  private static final DirectoryDriverProvider PROVIDER = new DirectoryDriverProvider();

  private final Process process;
  private final BufferedReader answers;
  private final PrintStream orders;

  private LayoutProcess(Process process) {
    this.process = process;
    this.answers = new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8));
    this.orders = new PrintStream(process.getOutputStream(), true, UTF_8);
  }

  static LayoutProcess start() throws IOException {
    return new LayoutProcess(
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Xmx64m",
                "-cp",
                System.getProperty("java.class.path"),
                LayoutProcess.class.getName())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start());
  }

  /** Returns what the process says of an order: that it is done, or what went wrong. */
  String order(String verb, Path root, int first, int count) throws IOException {
    orders.printf("%s %d %d %s%n", verb, first, count, root);
    return String.valueOf(answers.readLine());
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }

  /** Obeys until there are no more orders. */
  public static void main(String[] args) throws IOException {
    BufferedReader orders = new BufferedReader(new InputStreamReader(System.in, UTF_8));
    for (String order; (order = orders.readLine()) != null; ) {
      String[] words = order.split(" ", 4);
      Path root = Path.of(words[3]);
      System.out.println(
          words[0].equals("prune")
              ? prune(root)
              : export(root, Integer.parseInt(words[1]), Integer.parseInt(words[2])));
    }
  }

  /** Exports images of some numbers, one after the other. */
  static String export(Path root, int first, int count) {
    try {
      for (int number = first; number < first + count; number++) {
        InMemoryStore store = new InMemoryStore();
        ImageFactory make = ImageFactory.into(store, number);
        make.offer(
            make.image(List.of(shared(make, 0), shared(make, 1), make.layer(100))),
            "image-%d:1".formatted(number));
        try (ImageDriver driver = PROVIDER.open(location(root), options())) {
          new Exporter(store, driver)
              .parallel(2)
              .export(ExportPlan.of(store, ExportRequest.everything()), false);
        }
      }
      return DONE;
    } catch (IOException e) {
      return String.valueOf(e.getMessage());
    }
  }

  /** Makes one of the layers that all images have. */
  static Descriptor shared(ImageFactory make, int number) {
    return make.blob(MediaTypes.OCI_LAYER_GZIP, "shared layer %d".formatted(number));
  }

  /** Prunes without any grace. */
  static String prune(Path root) {
    try (Layout layout = PROVIDER.openLayout(location(root), options())) {
      layout.prune(new PruneOptions(Duration.ZERO, false));
      return DONE;
    } catch (GantryException e) {
      String message = String.valueOf(e.getMessage());
      return message.contains("an export is at work") ? REFUSED : message;
    } catch (IOException e) {
      return e.toString();
    }
  }

  private static Location location(Path root) throws GantryException {
    return Location.parse("dir:" + root);
  }

  private static Options options() throws GantryException {
    return Options.parse("dir", PROVIDER.options(), Map.of());
  }
}
