package io.gantry.cli;

import io.gantry.api.GantryException;
import io.gantry.api.GantryException.Kind;
import io.gantry.api.layout.Layout;
import io.gantry.api.layout.PruneOptions;
import io.gantry.api.layout.PruneReport;
import io.gantry.api.layout.StoredBlob;
import io.gantry.api.plugin.DriverRegistry;
import io.gantry.api.provider.Location;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code gantry prune}: removes the blobs that no image needs. */
@Command(
    name = "prune",
    description = "Removes the blobs of a layout that none of its images needs.",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    sortOptions = false,
    footer = {
      "",
      "Nothing is removed while an export writes to the layout, or if a manifest or",
      "index in it cannot be read. Other tools announce nothing: let none of them",
      "write to the layout meanwhile. The grace saves most of what they have just",
      "written.",
      "",
      "Exit codes:",
      "  0    done",
      "  1    failed, or an export is at work",
      "  2    wrong usage, or a layout that cannot be edited",
      "  3    a manifest does not match its digest or size; nothing was removed",
      "  4    the layout or a manifest was not found; nothing was removed",
      "  5    no driver for the scheme",
      "  130  interrupted"
    })
final class PruneCommand implements Callable<Integer> {
  private static final Pattern DURATION = Pattern.compile("(\\d{1,9})([smhd]?)");
  private static final int MAX_FOREIGN_SHOWN = 5;

  private final Output output;

  @Parameters(index = "0", paramLabel = "LAYOUT", description = "Which one, such as dir:layout.")
  private String layout = "";

  @Option(
      names = {"-o", "--option"},
      paramLabel = "KEY=VALUE",
      parameterConsumer = KeyValue.class,
      description =
          "Set an option of the layout's driver; 'gantry drivers' lists them. Repeatable.")
  private Map<String, String> options = new LinkedHashMap<>();

  @Mixin private DriverPath drivers = new DriverPath();

  @Option(
      names = "--grace",
      paramLabel = "DURATION",
      description = "Keep blobs that are younger than this: 90s, 30m, 1h, 7d or 0. Default: 1h.")
  private String grace = "1h";

  @Option(
      names = "--dry-run",
      description = "Print what would be removed to standard output, and remove nothing.")
  private boolean dryRun;

  @Option(names = "--json", description = "Print the result as JSON to standard output.")
  private boolean json;

  @Option(
      names = {"-q", "--quiet"},
      description = "Print no summary.")
  private boolean quiet;

  PruneCommand(Output output) {
    this.output = output;
  }

  @Override
  public Integer call() throws IOException {
    Location location = Location.parse(layout);
    if (location.name().isPresent() || location.digest().isPresent()) {
      throw new GantryException(
          Kind.INVALID_ARGUMENT,
          "'%s' is one image, and a layout is pruned whole; leave out its name or digest"
              .formatted(location));
    }
    PruneOptions choice = new PruneOptions(parse(grace), dryRun);
    PruneReport report;
    try (DriverRegistry registry = drivers.open();
        Layout open = registry.openLayout(location, options)) {
      report = open.prune(choice);
    }
    if (json) {
      printJson(location, report);
    } else if (dryRun) {
      print(report);
    }
    if (!quiet) {
      summarize(location, report);
    }
    return ExitCode.OK.value();
  }

  private static Duration parse(String text) throws GantryException {
    Matcher matcher = DURATION.matcher(text);
    if (!matcher.matches() || (matcher.group(2).isEmpty() && !text.equals("0"))) {
      throw new GantryException(
          Kind.INVALID_ARGUMENT,
          "--grace is '%s'; it must be a number and s, m, h or d, such as 90s, or 0"
              .formatted(text));
    }
    long number = Long.parseLong(matcher.group(1));
    return switch (matcher.group(2)) {
      case "m" -> Duration.ofMinutes(number);
      case "h" -> Duration.ofHours(number);
      case "d" -> Duration.ofDays(number);
      default -> Duration.ofSeconds(number);
    };
  }

  private void print(PruneReport report) {
    TextTable table = new TextTable(1, "BLOB", "BYTES");
    for (StoredBlob blob : report.removed()) {
      table.add(blob.digest().toString(), Long.toString(blob.size()));
    }
    table.print(output.out());
    output.out().flush();
  }

  private void summarize(Location location, PruneReport report) {
    if (!report.foreign().isEmpty()) {
      List<String> foreign = report.foreign();
      List<String> shown = foreign.subList(0, Math.min(MAX_FOREIGN_SHOWN, foreign.size()));
      int more = foreign.size() - shown.size();
      output.message(
          "left alone %s that %s no blob: %s%s"
              .formatted(
                  Counts.of(foreign.size(), "entry").replace("entrys", "entries"),
                  foreign.size() == 1 ? "is" : "are",
                  String.join(", ", shown),
                  more > 0 ? " and %d more".formatted(more) : ""));
    }
    List<String> parts = new ArrayList<>();
    parts.add(
        "%s %s, %s from %s"
            .formatted(
                dryRun ? "would remove" : "removed",
                Counts.of(report.removed().size(), "blob"),
                ByteCount.format(report.bytes()),
                location));
    parts.add("%d kept".formatted(report.kept()));
    if (!report.young().isEmpty()) {
      parts.add("%d younger than %s".formatted(report.young().size(), grace));
    }
    if (!report.litter().isEmpty()) {
      parts.add("%s of killed exports".formatted(Counts.of(report.litter().size(), "folder")));
    }
    output.err().println(TerminalText.shorten(TerminalText.escape(String.join("; ", parts))));
  }

  private void printJson(Location location, PruneReport report) {
    ObjectNode object = JsonOutput.object();
    object.put("layout", location.toString());
    object.put("dryRun", dryRun);
    object.put("bytes", report.bytes());
    object.put("kept", report.kept());
    add(object.putArray("removed"), report.removed());
    add(object.putArray("young"), report.young());
    object.set("litter", JsonOutput.strings(report.litter()));
    object.set("foreign", JsonOutput.strings(report.foreign()));
    JsonOutput.print(output, object);
  }

  private static void add(ArrayNode array, List<StoredBlob> blobs) {
    for (StoredBlob blob : blobs) {
      array.addObject().put("digest", blob.digest().toString()).put("size", blob.size());
    }
  }
}
