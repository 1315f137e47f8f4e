package io.gantry.cli;

import io.gantry.api.content.ContentStore;
import io.gantry.api.export.ExportRequest;
import io.gantry.api.export.Selection;
import io.gantry.api.oci.Annotations;
import io.gantry.api.oci.Descriptor;
import io.gantry.api.oci.Index;
import io.gantry.api.plugin.DriverRegistry;
import io.gantry.api.provider.Location;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code gantry inspect}: what a source holds. */
@Command(
    name = "inspect",
    description = "Shows the images of SOURCE, what they consist of and how large they are.",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    sortOptions = false,
    footer = {
      "",
      "SOURCE is written as for 'gantry export'. Manifests are read and verified,",
      "layers are not looked at: 'gantry verify' does that. The size of an image is",
      "that of all that is shown below it; what is there twice is counted once."
    })
final class InspectCommand implements Callable<Integer> {
  private final Output output;

  @Mixin private SourceParameters source = new SourceParameters();

  @Mixin private DriverPath drivers = new DriverPath();

  @Option(names = "--json", description = "Print the tree as JSON.")
  private boolean json;

  InspectCommand(Output output) {
    this.output = output;
  }

  @Override
  public Integer call() throws IOException {
    Location from = source.location();
    ExportRequest request = ExportRequest.everything().select(Selection.of(from));
    try (DriverRegistry registry = drivers.open();
        ContentStore store = source.open(registry)) {
      Index images = Index.of(request.imagesOf(store));
      if (json) {
        printJson(from, store, images);
      } else {
        print(from, store, images);
      }
    }
    return ExitCode.OK.value();
  }

  private void print(Location from, ContentStore store, Index images) throws IOException {
    ImageTree tree = new ImageTree(store);
    int count = 0;
    for (ExportedImage image : ExportedImage.of(images)) {
      new TreePrinter(output.out()).print(image, tree.read(image.descriptor()));
      output.out().println();
      count++;
    }
    output
        .out()
        .println(
            TerminalText.escape(
                "%s: %d image%s, %d blob%s, %s"
                    .formatted(
                        from,
                        count,
                        count == 1 ? "" : "s",
                        tree.blobCount(),
                        tree.blobCount() == 1 ? "" : "s",
                        ByteCount.format(tree.totalBytes()))));
  }

  private void printJson(Location from, ContentStore store, Index images) throws IOException {
    ImageTree tree = new ImageTree(store);
    ObjectNode document = JsonOutput.object();
    document.put("source", from.toString());
    ArrayNode list = document.putArray("images");
    for (ExportedImage image : ExportedImage.of(images)) {
      ObjectNode object = list.addObject();
      object.set("names", JsonOutput.strings(image.names()));
      Descriptor entry = image.descriptor();
      String subject = entry.annotations().get(Annotations.SUBJECT);
      if (subject != null) {
        object.put("subject", subject);
      }
      describe(object, tree.read(entry));
    }
    document.put("blobs", tree.blobCount());
    document.put("totalBytes", tree.totalBytes());
    JsonOutput.print(output, document);
  }

  private static void describe(ObjectNode object, ImageNode node) {
    object.put("role", node.role());
    JsonOutput.describe(object, node.descriptor());
    node.platform().ifPresent(platform -> object.put("platform", platform.toString()));
    node.artifactType().ifPresent(type -> object.put("artifactType", type));
    switch (node.state()) {
      case MISSING -> object.put("missing", true);
      case SHOWN_BEFORE -> object.put("shownBefore", true);
      case EXPANDED -> {
        if (!node.children().isEmpty()) {
          ArrayNode children = object.putArray("children");
          node.children().forEach(child -> describe(children.addObject(), child));
        }
      }
    }
  }
}
