package io.gantry.cli;

import io.gantry.api.GantryException;
import io.gantry.api.GantryException.Kind;
import io.gantry.api.provider.Location;

/**
 * Keeps archives off the terminal. Java cannot tell whether a stream is one, so the launcher does.
 */
final class Terminal {
  private static final String STANDARD_STREAM = "-";

  private Terminal() {}

  /** Refuses to wait for somebody who types an archive. */
  static void refuseAsSource(Location source) throws GantryException {
    if (source.path().equals(STANDARD_STREAM) && Boolean.getBoolean("gantry.stdin.terminal")) {
      throw new GantryException(
          Kind.INVALID_ARGUMENT,
          "%s: standard input is a terminal; pipe or redirect an archive into it"
              .formatted(source));
    }
  }

  /** Refuses to print what would only make noise. */
  static void refuseAsTarget(Location target) throws GantryException {
    if (target.path().equals(STANDARD_STREAM) && Boolean.getBoolean("gantry.stdout.terminal")) {
      throw new GantryException(
          Kind.INVALID_ARGUMENT,
          "%s would fill the terminal; redirect standard output".formatted(target));
    }
  }
}
