package io.gantry.cli;

import io.gantry.api.check.Fault;
import io.gantry.api.check.UnreachableBlob;
import io.gantry.api.check.VerifyReport;
import io.gantry.api.oci.Descriptor;
import io.gantry.api.oci.Digest;
import io.gantry.api.oci.MediaTypes;
import io.gantry.api.provider.Location;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** What a verification found, for people and for programs. */
final class VerifyOutput {
  private final Output output;
  private final Location source;
  private final VerifyReport report;

  VerifyOutput(Output output, Location source, VerifyReport report) {
    this.output = output;
    this.source = source;
    this.report = report;
  }

  /** Prints a line for each fault, then for each blob that is skipped or that no image needs. */
  void print() {
    for (Fault fault : report.faults()) {
      print(word(fault.kind()), fault.toString());
    }
    for (Descriptor blob : report.skipped()) {
      print(
          "skipped",
          MediaTypes.isNonDistributable(blob.mediaType())
              ? blob.digest() + ": absent, and may not be distributed"
              : blob.digest()
                  + ": absent"
                  + blob.platform().map(platform -> ", for " + platform).orElse(""));
    }
    for (UnreachableBlob blob : report.unreachable().orElse(List.of())) {
      print("unreachable", "%s: no image needs its %d bytes".formatted(blob.digest(), blob.size()));
    }
  }

  private void print(String what, String line) {
    String text = "%s %s".formatted(what, line);
    output.out().println(TerminalText.shorten(TerminalText.escape(text)));
  }

  /** Tells people in one line what was looked at. */
  void summarize() {
    output.out().flush();
    int faults = report.faults().size();
    List<String> parts = new ArrayList<>();
    parts.add(
        "verified %s, %s, %s of %s"
            .formatted(
                Counts.of(report.images(), "image"),
                Counts.of(report.blobs(), "blob"),
                ByteCount.format(report.bytes()),
                source));
    parts.add(faults == 0 ? "nothing is wrong" : Counts.of(faults, "fault"));
    if (!report.skipped().isEmpty()) {
      parts.add("%d skipped".formatted(report.skipped().size()));
    }
    report
        .unreachable()
        .filter(blobs -> !blobs.isEmpty())
        .ifPresent(blobs -> parts.add("%d unreachable".formatted(blobs.size())));
    output.err().println(TerminalText.shorten(TerminalText.escape(String.join("; ", parts))));
  }

  /** Prints as JSON why nothing could be found below an index. */
  static void printJson(Output output, Location source, String error) {
    ObjectNode json = JsonOutput.object();
    json.put("source", source.toString());
    json.put("sound", false);
    json.put("error", error);
    JsonOutput.print(output, json);
  }

  /** Prints the report as JSON. */
  void printJson() {
    ObjectNode json = JsonOutput.object();
    json.put("source", source.toString());
    json.put("sound", report.sound());
    json.put("images", report.images());
    json.put("blobs", report.blobs());
    json.put("bytes", report.bytes());
    ArrayNode faults = json.putArray("faults");
    for (Fault fault : report.faults()) {
      ObjectNode object = faults.addObject();
      object.put("kind", word(fault.kind()));
      object.put("digest", fault.blob().toString());
      object.put("detail", fault.detail());
      fault
          .trail()
          .ifPresent(
              trail -> {
                ObjectNode neededBy = object.putObject("neededBy");
                trail.image().ifPresent(image -> neededBy.put("image", image));
                neededBy.set(
                    "documents",
                    JsonOutput.strings(trail.documents().stream().map(Digest::toString).toList()));
              });
    }
    json.set("skipped", JsonOutput.descriptors(report.skipped()));
    report
        .unreachable()
        .ifPresent(
            blobs -> {
              ArrayNode array = json.putArray("unreachable");
              for (UnreachableBlob blob : blobs) {
                array.addObject().put("digest", blob.digest().toString()).put("size", blob.size());
              }
            });
    JsonOutput.print(output, json);
  }

  private static String word(Fault.Kind kind) {
    return kind.name().toLowerCase(Locale.ROOT);
  }
}
