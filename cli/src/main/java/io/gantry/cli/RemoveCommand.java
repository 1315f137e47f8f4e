package io.gantry.cli;

import io.gantry.api.GantryException;
import io.gantry.api.GantryException.Kind;
import io.gantry.api.layout.Layout;
import io.gantry.api.layout.Removal;
import io.gantry.api.oci.Descriptor;
import io.gantry.api.oci.Digest;
import io.gantry.api.oci.EntryNames;
import io.gantry.api.plugin.DriverRegistry;
import io.gantry.api.provider.Location;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code gantry remove}: takes names out of a layout. */
@Command(
    name = "remove",
    description = "Takes images out of the index of a layout, all of them or none.",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    sortOptions = false,
    footer = {
      "",
      "An IMAGE is written SCHEME:PATH:NAME, or SCHEME:PATH@DIGEST if it has no name; all",
      "of them are in one layout. Blobs stay where they are until 'gantry prune'.",
      "",
      "Exit codes:",
      "  0    done",
      "  1    failed",
      "  2    wrong usage, or a layout that cannot be edited",
      "  4    layout or image not found; nothing was removed",
      "  5    no driver for the scheme",
      "  130  interrupted"
    })
final class RemoveCommand implements Callable<Integer> {
  private final Output output;

  @Parameters(
      arity = "1..*",
      paramLabel = "IMAGE",
      description = "What to remove, such as dir:layout:1.0.")
  private List<String> images = new ArrayList<>();

  @Option(
      names = {"-o", "--option"},
      paramLabel = "KEY=VALUE",
      parameterConsumer = KeyValue.class,
      description =
          "Set an option of the layout's driver; 'gantry drivers' lists them. Repeatable.")
  private Map<String, String> options = new LinkedHashMap<>();

  @Mixin private DriverPath drivers = new DriverPath();

  @Option(
      names = {"-q", "--quiet"},
      description = "Print no summary.")
  private boolean quiet;

  RemoveCommand(Output output) {
    this.output = output;
  }

  @Override
  public Integer call() throws IOException {
    List<String> names = new ArrayList<>();
    List<Digest> digests = new ArrayList<>();
    Location layout = Location.parse(images.get(0));
    for (String image : images) {
      Location location = Location.parse(image);
      if (!location.scheme().equals(layout.scheme()) || !location.path().equals(layout.path())) {
        throw new GantryException(
            Kind.INVALID_ARGUMENT,
            "'%s' is in another layout than '%s'; remove them one after the other"
                .formatted(location, layout));
      }
      if (location.name().isEmpty() && location.digest().isEmpty()) {
        throw new GantryException(
            Kind.INVALID_ARGUMENT,
            "'%s' is a whole layout; add : and the name of an image, or @ and its digest"
                .formatted(location));
      }
      location.name().ifPresent(names::add);
      location.digest().ifPresent(digests::add);
    }
    List<Descriptor> removed;
    try (DriverRegistry registry = drivers.open();
        Layout open = registry.openLayout(layout, options)) {
      removed = open.remove(new Removal(names, digests));
    }
    if (!quiet) {
      for (Descriptor entry : removed) {
        String line =
            "removed %s (%s)"
                .formatted(EntryNames.of(entry).orElse("an entry without a name"), entry.digest());
        output.err().println(TerminalText.shorten(TerminalText.escape(line)));
      }
    }
    return ExitCode.OK.value();
  }
}
