package io.gantry.cli;

import io.gantry.api.oci.Annotations;
import io.gantry.api.oci.Descriptor;
import io.gantry.api.oci.Digest;
import java.io.PrintStream;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Prints an image as a tree; whatever comes from the image is escaped. */
final class TreePrinter {
  private final PrintStream out;

  TreePrinter(PrintStream out) {
    this.out = out;
  }

  /** Prints the names of an image, then its tree. */
  void print(ExportedImage image, ImageNode root) {
    line(image.names().isEmpty() ? "(no name)" : String.join(", ", image.names()));
    String subject = image.descriptor().annotations().get(Annotations.SUBJECT);
    if (subject != null) {
      line("refers to " + subject);
    }
    line(text(root));
    printChildren(root, "");
  }

  private void printChildren(ImageNode node, String indent) {
    List<ImageNode> children = node.children();
    for (int i = 0; i < children.size(); i++) {
      boolean last = i == children.size() - 1;
      line(indent + (last ? "└─ " : "├─ ") + text(children.get(i)));
      printChildren(children.get(i), indent + (last ? "   " : "│  "));
    }
  }

  private void line(String text) {
    out.println(TerminalText.escape(text));
  }

  private static String text(ImageNode node) {
    Descriptor blob = node.descriptor();
    return "%-8s %s%s%s%s"
        .formatted(
            node.role(),
            blob.digest(),
            switch (node.state()) {
              case MISSING -> "  not in the source";
              case SHOWN_BEFORE -> "  shown above";
              case EXPANDED -> "  " + ByteCount.format(bytesOf(node));
            },
            node.platform().map(platform -> ", " + platform).orElse(""),
            kind(node).map(type -> ", " + type).orElse(""));
  }

  /** Blobs that are there twice count once. */
  private static long bytesOf(ImageNode node) {
    Map<Digest, Long> below = new HashMap<>();
    collect(node, below);
    return below.values().stream().mapToLong(Long::longValue).sum();
  }

  private static Optional<String> kind(ImageNode node) {
    return switch (node.role()) {
      case "index", "manifest" -> node.artifactType();
      default -> Optional.of(node.artifactType().orElse(node.descriptor().mediaType()));
    };
  }

  /** What is not there or was shown before is not part of what is shown here. */
  private static void collect(ImageNode node, Map<Digest, Long> sizes) {
    if (node.state() != ImageNode.State.EXPANDED) {
      return;
    }
    sizes.put(node.descriptor().digest(), node.descriptor().size());
    node.children().forEach(child -> collect(child, sizes));
  }
}
