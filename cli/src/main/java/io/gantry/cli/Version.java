package io.gantry.cli;

import picocli.CommandLine.IVersionProvider;

/** The version of the jar that the command runs from. */
final class Version implements IVersionProvider {
  @Override
  public String[] getVersion() {
    String version = Version.class.getPackage().getImplementationVersion();
    return new String[] {"gantry " + (version == null ? "(not packaged)" : version)};
  }
}
