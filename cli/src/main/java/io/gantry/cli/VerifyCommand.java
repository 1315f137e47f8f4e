package io.gantry.cli;

import io.gantry.api.GantryException;
import io.gantry.api.GantryException.Kind;
import io.gantry.api.check.Verifier;
import io.gantry.api.check.VerifyReport;
import io.gantry.api.content.ContentStore;
import io.gantry.api.export.ExportRequest;
import io.gantry.api.export.Selection;
import io.gantry.api.plugin.DriverRegistry;
import io.gantry.api.provider.Location;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code gantry verify}: reads and hashes what a source holds, and tells of all that is wrong. */
@Command(
    name = "verify",
    description = "Hashes all that the images of SOURCE need, and tells of every fault.",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    sortOptions = false,
    footer = {
      "",
      "SOURCE is written SCHEME:PATH, SCHEME:PATH:NAME or SCHEME:PATH@DIGEST. Without a",
      "name or digest blobs that no image needs are looked at too. They are no fault,",
      "unless their content is not that of their digest.",
      "",
      "Exit codes:",
      "  0    nothing is wrong",
      "  1    failed",
      "  2    wrong usage",
      "  3    something is wrong with what is there",
      "  4    source or image not found",
      "  5    no store for the scheme",
      "  130  interrupted"
    })
final class VerifyCommand implements Callable<Integer> {
  private final Output output;

  @Mixin private SourceParameters source = new SourceParameters();

  @Mixin private DriverPath drivers = new DriverPath();

  @Option(
      names = "--parallel",
      paramLabel = "N",
      description =
          "Hash up to N blobs at a time. By default that is the number of"
              + " processors, and no fewer than 8.")
  private @Nullable Integer parallel;

  @Option(
      names = "--missing",
      paramLabel = "fail|skip",
      description =
          "What an image of an index is that the source does not have: a fault, the default,"
              + " or to be skipped.")
  private String missing = "fail";

  @Option(names = "--json", description = "Print the result as JSON to standard output.")
  private boolean json;

  @Option(
      names = {"-q", "--quiet"},
      description = "Print no summary.")
  private boolean quiet;

  VerifyCommand(Output output) {
    this.output = output;
  }

  @Override
  public Integer call() throws IOException {
    Location from = source.location();
    if (parallel != null && parallel < 1) {
      throw new GantryException(
          Kind.INVALID_ARGUMENT, "--parallel is '%d'; it must be 1 or more".formatted(parallel));
    }
    if (!missing.equals("skip") && !missing.equals("fail")) {
      throw new GantryException(
          Kind.INVALID_ARGUMENT, "--missing is '%s'; it must be fail or skip".formatted(missing));
    }
    HashWarmUp.begin();
    VerifyReport report;
    try (DriverRegistry registry = drivers.open();
        ContentStore store = source.open(registry)) {
      try {
        report = verify(store, from);
      } finally {
        // Ctrl-C has done its work; a pending interrupt would only get in the way of cleaning up.
        Thread.interrupted();
      }
    } catch (GantryException e) {
      if (e.kind() != Kind.INVALID_IMAGE) {
        throw e;
      }
      // An index that cannot be used is what was looked for, though nothing can be found below it.
      String message = String.valueOf(e.getMessage());
      if (json) {
        VerifyOutput.printJson(output, from, message);
      }
      output.message(message);
      return ExitCode.MISMATCH.value();
    }
    VerifyOutput result = new VerifyOutput(output, from, report);
    if (json) {
      result.printJson();
    } else {
      result.print();
    }
    if (!quiet) {
      result.summarize();
    }
    return (report.sound() ? ExitCode.OK : ExitCode.MISMATCH).value();
  }

  private VerifyReport verify(ContentStore store, Location from) throws IOException {
    Verifier verifier = new Verifier(store);
    if (parallel != null) {
      verifier = verifier.parallel(parallel);
    }
    if (missing.equals("skip")) {
      verifier = verifier.skippingMissing();
    }
    List<Selection> selections = Selection.of(from);
    return selections.isEmpty()
        ? verifier.verify()
        : verifier.verify(ExportRequest.everything().select(selections).imagesOf(store));
  }
}
