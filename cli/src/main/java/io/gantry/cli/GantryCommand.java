package io.gantry.cli;

import picocli.CommandLine.Command;

/** The command without a subcommand: it has help and a version, and does nothing by itself. */
@Command(
    name = "gantry",
    description =
        "Takes container images out of a content store and sets them down, verified, on any carrier.",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    synopsisSubcommandLabel = "COMMAND")
final class GantryCommand {}
