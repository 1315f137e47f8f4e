package io.gantry.cli;

import io.gantry.api.content.ContentStore;
import io.gantry.api.plugin.DriverRegistry;
import io.gantry.api.provider.Location;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The source of a command that only reads. */
final class SourceParameters {
  @Parameters(index = "0", paramLabel = "SOURCE", description = "Where the images are.")
  private String source = "";

  @Option(
      names = "--source-option",
      paramLabel = "KEY=VALUE",
      parameterConsumer = KeyValue.class,
      description = "Set an option of the source's store. Repeatable.")
  private Map<String, String> options = new LinkedHashMap<>();

  Location location() throws IOException {
    Location location = Location.parse(source);
    Terminal.refuseAsSource(location);
    return location;
  }

  ContentStore open(DriverRegistry registry) throws IOException {
    return registry.openStore(location(), options);
  }
}
