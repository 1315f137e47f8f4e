package io.gantry.cli;

import io.gantry.api.GantryException;
import io.gantry.api.GantryException.Kind;
import io.gantry.api.content.ContentStore;
import io.gantry.api.driver.ImageDriver;
import io.gantry.api.export.ExportListener;
import io.gantry.api.export.ExportPlan;
import io.gantry.api.export.ExportRequest;
import io.gantry.api.export.ExportResult;
import io.gantry.api.export.Exporter;
import io.gantry.api.export.Selection;
import io.gantry.api.oci.Platform;
import io.gantry.api.plugin.DriverRegistry;
import io.gantry.api.provider.Location;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code gantry export}: from a source to a target. */
@Command(
    name = "export",
    description = "Copies images from SOURCE to TARGET and verifies every byte on the way.",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    sortOptions = false,
    footer = {
      "",
      "SOURCE and TARGET are written SCHEME:PATH or SCHEME:PATH:NAME, a SOURCE also",
      "SCHEME:PATH@DIGEST; 'gantry drivers' lists the schemes. A SOURCE without a name",
      "or digest is exported whole, and the path - is standard input of a SOURCE and",
      "standard output of a TARGET.",
      "A NAME of a SOURCE may also be @POSITION, the place in its index.json from 0.",
      "",
      "Exit codes:",
      "  0    done",
      "  1    failed",
      "  2    wrong usage",
      "  3    content does not match its digest or size",
      "  4    source, image, platform or blob not found",
      "  5    no driver or store for a scheme",
      "  130  interrupted; nothing was published",
      "",
      "Examples:",
      "  gantry export dir:layout tar:image.tar",
      "  gantry export --name app:1.0 dir:layout:latest tar:- | docker load",
      "  docker save app:1.0 | gantry export tar:- dir:layout",
      "  gantry export --platform linux/arm64 --overwrite dir:layout dir:arm-layout"
    })
final class ExportCommand implements Callable<Integer> {
  private final Output output;

  @Parameters(index = "0", paramLabel = "SOURCE", description = "Where the images are.")
  private String source = "";

  @Parameters(index = "1", paramLabel = "TARGET", description = "Where they go.")
  private String target = "";

  @Option(
      names = "--image",
      paramLabel = "NAME|@DIGEST|@POSITION",
      description =
          "Take this image of the source: a tag or a full name, a digest, or the place in"
              + " its index.json, from 0. Repeatable.")
  private List<String> images = new ArrayList<>();

  @Option(
      names = "--platform",
      paramLabel = "OS/ARCH[/VARIANT]|local",
      description =
          "Take only this platform of an image for several. Its index stays as it is. Repeatable.")
  private List<String> platforms = new ArrayList<>();

  @Option(
      names = "--rewrite-index",
      description =
          "Make indexes list no more than what is exported. Their digests change, and"
              + " signatures of them no longer hold.")
  private boolean rewriteIndex;

  @Option(
      names = "--missing",
      paramLabel = "fail|skip",
      description =
          "What to do about a platform of an image that the source does not have: fail,"
              + " the default, or skip it with a warning.")
  private String missing = "fail";

  @Option(
      names = "--referrers",
      description =
          "Take along what refers to the images: signatures, SBOMs, attestations, and what"
              + " refers to those.")
  private boolean referrers;

  @Option(
      names = "--artifact-type",
      paramLabel = "TYPE",
      description = "Take along referrers of this type only; implies --referrers. Repeatable.")
  private List<String> artifactTypes = new ArrayList<>();

  @Option(
      names = "--name",
      paramLabel = "NAME",
      description = "Name the image so in the target, by a full name or a tag. Repeatable.")
  private List<String> names = new ArrayList<>();

  @Option(
      names = {"-o", "--option"},
      paramLabel = "KEY=VALUE",
      parameterConsumer = KeyValue.class,
      description =
          "Set an option of the target's driver; 'gantry drivers' lists them. Repeatable.")
  private Map<String, String> options = new LinkedHashMap<>();

  @Option(
      names = "--source-option",
      paramLabel = "KEY=VALUE",
      parameterConsumer = KeyValue.class,
      description = "Set an option of the source's store. Repeatable.")
  private Map<String, String> sourceOptions = new LinkedHashMap<>();

  @Mixin private DriverPath drivers = new DriverPath();

  @Option(
      names = "--parallel",
      paramLabel = "N",
      description =
          "Move up to N blobs at a time, if the target can. By default that is"
              + " the number of processors, and no fewer than 8.")
  private @Nullable Integer parallel;

  @Option(
      names = "--no-sync",
      description =
          "Do not wait until what is written to files is on the disk. Faster; after a power cut"
              + " the target may be damaged.")
  private boolean noSync;

  @Option(
      names = "--overwrite",
      description = "Replace a target that exists, instead of adding to it or refusing.")
  private boolean overwrite;

  @Option(
      names = "--dry-run",
      description = "Print what would be exported to standard output; the target is not looked at.")
  private boolean dryRun;

  @Option(names = "--json", description = "Print the result as JSON to standard output.")
  private boolean json;

  @Option(
      names = {"-q", "--quiet"},
      description = "Print no progress and no summary, only warnings and errors.")
  private boolean quiet;

  ExportCommand(Output output) {
    this.output = output;
  }

  @Override
  public Integer call() throws IOException {
    Location from = Location.parse(source);
    Location to = Location.parse(target);
    ExportRequest request = request(from, to);
    if (json && !dryRun && to.path().equals("-")) {
      throw misuse("--json and the target %s both need standard output".formatted(to));
    }
    Terminal.refuseAsSource(from);
    if (!dryRun) {
      Terminal.refuseAsTarget(to);
    }
    if (parallel != null && parallel < 1) {
      throw misuse("--parallel is '%d'; it must be 1 or more".formatted(parallel));
    }
    if (!dryRun) {
      HashWarmUp.begin();
    }
    try (DriverRegistry registry = drivers.open();
        ImageDriver driver = registry.openDriver(to, options);
        ContentStore store = registry.openStore(from, sourceOptions)) {
      try {
        run(store, driver, request, new ExportReport(output, from, to));
      } finally {
        // Ctrl-C has done its work; a pending interrupt would only get in the way of cleaning up.
        Thread.interrupted();
      }
    }
    return ExitCode.OK.value();
  }

  private ExportRequest request(Location from, Location to) throws GantryException {
    ExportRequest request = ExportRequest.of(from, to);
    if (!names.isEmpty()) {
      if (to.name().isPresent()) {
        throw misuse(
            "the target %s has a name already; leave out either that or --name".formatted(to));
      }
      request = request.named(names);
    }
    if (!images.isEmpty()) {
      if (from.name().isPresent() || from.digest().isPresent()) {
        throw misuse(
            "the source %s selects an image already; leave out either that or --image"
                .formatted(from));
      }
      List<Selection> selections = new ArrayList<>();
      for (String image : images) {
        selections.add(Selection.parse(image));
      }
      request = request.select(selections);
    }
    if (missing.equals("skip")) {
      request = request.skippingMissing();
    } else if (!missing.equals("fail")) {
      throw misuse("--missing is '%s'; it must be fail or skip".formatted(missing));
    }
    if (rewriteIndex) {
      request = request.rewritingIndex();
    }
    if (referrers || !artifactTypes.isEmpty()) {
      request = request.withReferrers(artifactTypes);
    }
    List<Platform> wanted = new ArrayList<>();
    for (String platform : platforms) {
      try {
        wanted.add(Platform.parse(platform));
      } catch (IllegalArgumentException e) {
        throw new GantryException(Kind.INVALID_ARGUMENT, String.valueOf(e.getMessage()), e);
      }
    }
    return request.platforms(wanted);
  }

  private void run(
      ContentStore store, ImageDriver driver, ExportRequest request, ExportReport report)
      throws GantryException {
    ExportPlan plan = ExportPlan.of(store, request);
    if (!dryRun) {
      report.warn(plan);
      tell(report, export(store, driver, plan, report));
    } else if (json) {
      report.printJson(plan);
    } else {
      report.print(plan);
    }
  }

  private ExportResult export(
      ContentStore store, ImageDriver driver, ExportPlan plan, ExportReport report)
      throws GantryException {
    // The class of the bar is loaded only where there is a terminal to draw it on.
    try (ConsoleProgress progress =
        quiet || output.columns() == 0 ? null : new ConsoleProgress(output, report)) {
      ExportListener listener = progress == null ? report : progress;
      Exporter exporter = new Exporter(store, driver, listener);
      if (parallel != null) {
        exporter = exporter.parallel(parallel);
      }
      if (noSync) {
        exporter = exporter.withoutSync();
      }
      return exporter.export(plan, overwrite);
    }
  }

  private void tell(ExportReport report, ExportResult result) {
    if (json) {
      report.printJson(result);
    }
    if (!quiet) {
      report.summarize(result);
    }
  }

  private static GantryException misuse(String message) {
    return new GantryException(Kind.INVALID_ARGUMENT, message);
  }
}
