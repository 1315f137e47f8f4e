package io.gantry.cli;

import io.gantry.api.plugin.DriverRegistry;
import io.gantry.api.provider.Option;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code gantry drivers}: what is installed, and from which jar. */
@Command(
    name = "drivers",
    description = "Lists the schemes that can be exported from and to, and their options.",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class)
final class DriversCommand implements Callable<Integer> {
  private final Output output;

  @CommandLine.Mixin private DriverPath drivers = new DriverPath();

  @CommandLine.Option(names = "--json", description = "Print the list as JSON.")
  private boolean json;

  DriversCommand(Output output) {
    this.output = output;
  }

  @Override
  public Integer call() throws IOException {
    try (DriverRegistry registry = drivers.open()) {
      List<InstalledScheme> schemes = InstalledScheme.of(registry.installed());
      if (json) {
        printJson(schemes, registry.problems());
      } else {
        print(schemes);
      }
      output.out().flush();
      registry.problems().forEach(problem -> output.message("not loaded: " + problem));
    }
    return ExitCode.OK.value();
  }

  private void print(List<InstalledScheme> schemes) {
    TextTable table = new TextTable(-1, "SCHEME", "ALIASES", "USE", "VERSION", "JAR");
    TextTable options = new TextTable(-1, "SCHEME", "OPTION", "OF", "VALUE", "DEFAULT", "MEANING");
    for (InstalledScheme scheme : schemes) {
      table.add(
          scheme.scheme(),
          String.join(", ", scheme.aliases()),
          use(scheme),
          scheme.version(),
          scheme.jar());
      for (Option<?> option : scheme.options()) {
        options.add(
            scheme.scheme(),
            option.name(),
            sides(scheme, option),
            value(option),
            option.defaultText(),
            option.help());
      }
    }
    table.print(output.out());
    output.out().println();
    options.print(output.out());
  }

  /** What the option takes, and from where if not from the command line. */
  private static String value(Option<?> option) {
    if (option.isSecret()) {
      return option.type() + ", or in " + option.environment();
    }
    return option.values().isEmpty() ? option.type() : option.values();
  }

  private static String sides(InstalledScheme scheme, Option<?> option) {
    return Stream.of(
            scheme.isOfSource(option) ? "source" : "", scheme.isOfTarget(option) ? "target" : "")
        .filter(side -> !side.isEmpty())
        .collect(Collectors.joining(", "));
  }

  private static String use(InstalledScheme scheme) {
    return Stream.of(
            scheme.store().map(store -> "reads").stream(),
            scheme.driver().map(driver -> "writes").stream())
        .flatMap(words -> words)
        .collect(Collectors.joining(", "));
  }

  private void printJson(List<InstalledScheme> schemes, List<String> problems) {
    ObjectNode json = JsonOutput.object();
    ArrayNode drivers = json.putArray("drivers");
    for (InstalledScheme scheme : schemes) {
      ObjectNode object = drivers.addObject();
      object.put("scheme", scheme.scheme());
      object.set("aliases", JsonOutput.strings(scheme.aliases()));
      object.put("reads", scheme.store().isPresent());
      object.put("writes", scheme.driver().isPresent());
      object.put("version", scheme.version());
      object.put("jar", scheme.origin());
      ArrayNode options = object.putArray("options");
      for (Option<?> option : scheme.options()) {
        ObjectNode shown =
            options
                .addObject()
                .put("name", option.name())
                .put("source", scheme.isOfSource(option))
                .put("target", scheme.isOfTarget(option))
                .put("type", option.type())
                .put("values", option.values())
                .put("default", option.defaultText())
                .put("help", option.help());
        if (option.isSecret()) {
          shown.put("environment", option.environment());
        }
      }
    }
    json.set("problems", JsonOutput.strings(problems));
    JsonOutput.print(output, json);
  }
}
