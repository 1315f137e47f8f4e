package io.gantry.cli;

import io.gantry.api.export.ExportListener;
import io.gantry.api.export.ExportPlan;
import io.gantry.api.export.ExportResult;
import io.gantry.api.export.MissingImage;
import io.gantry.api.export.RewrittenIndex;
import io.gantry.api.oci.Descriptor;
import io.gantry.api.provider.Location;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** What an export will do or has done, for people and for programs. */
final class ExportReport implements ExportListener {
  private static final int MAX_SKIPPED_SHOWN = 5;

  private final Output output;
  private final Location source;
  private final Location target;
  private final List<String> notices = new ArrayList<>();

  ExportReport(Output output, Location source, Location target) {
    this.output = output;
    this.source = source;
    this.target = target;
  }

  /** Tells people at once, however quiet the command is to be, and programs in the end. */
  @Override
  public void notice(String message) {
    notices.add(message);
    output.message(message);
  }

  /** Warns people of what is not part of the export, or not as it was. */
  void warn(ExportPlan plan) {
    warnOfSkipped(plan);
    for (MissingImage missing : plan.missing()) {
      output.message(
          "left out%s%s: %s"
              .formatted(
                  missing.platform().map(platform -> " " + platform).orElse(""),
                  missing
                      .manifest()
                      .map(manifest -> " %s of %s".formatted(manifest, missing.neededBy()))
                      .orElse(""),
                  missing.reason()));
    }
    for (RewrittenIndex index : plan.rewritten()) {
      output.message(
          "index %s: rewritten without what is not exported, as %s; signatures of it no longer hold"
              .formatted(index.original(), index.descriptor().digest()));
    }
  }

  private void warnOfSkipped(ExportPlan plan) {
    List<Descriptor> skipped = plan.skipped();
    if (!skipped.isEmpty()) {
      String more =
          skipped.size() > MAX_SKIPPED_SHOWN
              ? " and %d more".formatted(skipped.size() - MAX_SKIPPED_SHOWN)
              : "";
      output.message(
          "left out %s that the source does not have and that may not be distributed: %s%s"
              .formatted(
                  count(skipped.size(), "layer"),
                  skipped.stream()
                      .limit(MAX_SKIPPED_SHOWN)
                      .map(layer -> layer.digest().toString())
                      .collect(Collectors.joining(", ")),
                  more));
    }
  }

  /** Prints a plan as tables. */
  void print(ExportPlan plan) {
    TextTable images = new TextTable(1, "IMAGE", "BYTES", "MEDIA TYPE", "NAMES");
    for (ExportedImage image : ExportedImage.of(plan.index())) {
      Descriptor descriptor = image.descriptor();
      images.add(
          descriptor.digest().toString(),
          Long.toString(descriptor.size()),
          descriptor.mediaType(),
          String.join(", ", image.names()));
    }
    images.print(output.out());
    print("BLOB", plan.blobs());
    if (!plan.skipped().isEmpty()) {
      print("LEFT OUT", plan.skipped());
    }
    output.out().println();
    output
        .out()
        .println(TerminalText.escape("would export %s to %s".formatted(amount(plan), target)));
  }

  private void print(String heading, List<Descriptor> blobs) {
    TextTable table = new TextTable(1, heading, "BYTES", "MEDIA TYPE");
    for (Descriptor blob : blobs) {
      table.add(blob.digest().toString(), Long.toString(blob.size()), blob.mediaType());
    }
    output.out().println();
    table.print(output.out());
  }

  /** Tells people in one line what was done. */
  void summarize(ExportResult result) {
    int reused = result.reused().size();
    String there =
        switch (reused) {
          case 0 -> "";
          case 1 -> " (1 blob was there already)";
          default -> " (%d blobs were there already)".formatted(reused);
        };
    output
        .err()
        .println(
            TerminalText.shorten(
                TerminalText.escape(
                    "exported %s to %s%s".formatted(amount(result.plan()), target, there))));
  }

  private static String amount(ExportPlan plan) {
    return "%s, %s, %s"
        .formatted(
            count(ExportedImage.of(plan.index()).size(), "image"),
            count(plan.blobs().size(), "blob"),
            ByteCount.format(plan.totalBytes()));
  }

  private static String count(int number, String noun) {
    return number + " " + noun + (number == 1 ? "" : "s");
  }

  /** Prints a plan as JSON. */
  void printJson(ExportPlan plan) {
    ObjectNode json = json(plan, true);
    json.set("blobs", JsonOutput.descriptors(plan.blobs()));
    JsonOutput.print(output, json);
  }

  /** Prints a result as JSON. */
  void printJson(ExportResult result) {
    ObjectNode json = json(result.plan(), false);
    json.put("blobsWritten", result.written().size());
    json.put("blobsReused", result.reused().size());
    json.put("bytesWritten", result.bytesWritten());
    JsonOutput.print(output, json);
  }

  private ObjectNode json(ExportPlan plan, boolean dryRun) {
    ObjectNode json = JsonOutput.object();
    json.put("source", source.toString());
    json.put("target", target.toString());
    json.put("dryRun", dryRun);
    ArrayNode images = json.putArray("images");
    for (ExportedImage image : ExportedImage.of(plan.index())) {
      ObjectNode object = images.addObject();
      object.set("names", JsonOutput.strings(image.names()));
      JsonOutput.describe(object, image.descriptor());
    }
    json.put("totalBytes", plan.totalBytes());
    json.set("skipped", JsonOutput.descriptors(plan.skipped()));
    ArrayNode missing = json.putArray("missing");
    for (MissingImage image : plan.missing()) {
      ObjectNode object = missing.addObject();
      object.put("neededBy", image.neededBy().toString());
      image.platform().ifPresent(platform -> object.put("platform", platform.toString()));
      image.manifest().ifPresent(manifest -> object.put("manifest", manifest.toString()));
      object.put("reason", image.reason());
    }
    ArrayNode rewritten = json.putArray("rewritten");
    for (RewrittenIndex index : plan.rewritten()) {
      rewritten
          .addObject()
          .put("original", index.original().toString())
          .put("digest", index.descriptor().digest().toString());
    }
    json.set("notices", JsonOutput.strings(notices));
    return json;
  }
}
