package io.gantry.driver.s3;

import io.gantry.api.GantryException;
import io.gantry.api.provider.Location;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Exports in a process of their own, which is configured by its environment alone. */
final class ExportProcess {
  private ExportProcess() {}

  /** Starts the export of some images, one after the other. */
  static Process start(
      Location target, int first, int count, Map<String, String> environment, Path output)
      throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                // The processors are few, and the work is short.
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Xmx64m",
                "-cp",
                System.getProperty("java.class.path"),
                ExportProcess.class.getName(),
                target.toString(),
                String.valueOf(first),
                String.valueOf(count)));
    ProcessBuilder process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile());
    Map<String, String> all = process.environment();
    all.keySet().removeIf(name -> name.startsWith("AWS_"));
    all.put("AWS_CONFIG_FILE", output + ".none");
    all.put("AWS_SHARED_CREDENTIALS_FILE", output + ".none");
    all.put("AWS_EC2_METADATA_DISABLED", "true");
    all.put("AWS_REGION", "us-east-1");
    all.putAll(environment);
    return process.start();
  }

  /** Returns the image of a number. */
  static Shipment image(int number) {
    return Shipment.named("image-%d:1".formatted(number), 10 + number);
  }

  /** Says what went wrong as a user would see it. */
  public static void main(String[] args) throws IOException {
    Location target = Location.parse(args[0]);
    int first = Integer.parseInt(args[1]);
    int count = Integer.parseInt(args[2]);
    try {
      for (int number = first; number < first + count; number++) {
        image(number).exportTo(target);
      }
    } catch (GantryException e) {
      System.out.print(e.getMessage());
      System.exit(1);
    }
  }
}
