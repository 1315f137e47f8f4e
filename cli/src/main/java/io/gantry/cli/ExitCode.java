package io.gantry.cli;

import io.gantry.api.GantryException;

/** What the command tells its caller; documented in its help, so the numbers never change. */
enum ExitCode {
  /** Done. */
  OK(0),
  /** A source, a target, an image or gantry itself failed. */
  FAILED(1),
  /** The command line cannot be understood. */
  USAGE(2),
  /** Content is not what its size or digest promises. */
  MISMATCH(3),
  /** A source, an image in it or a blob does not exist. */
  NOT_FOUND(4),
  /** No driver or store is installed for a scheme. */
  NO_SUCH_DRIVER(5),
  /** Stopped by Ctrl-C, as shells have it: 128 and the number of the signal. */
  INTERRUPTED(130);

  private final int value;

  ExitCode(int value) {
    this.value = value;
  }

  /** Returns the number that the process ends with. */
  int value() {
    return value;
  }

  /** Returns the code for a class of failure. */
  static ExitCode of(GantryException.Kind kind) {
    return switch (kind) {
      case INVALID_ARGUMENT -> USAGE;
      case NO_SUCH_DRIVER -> NO_SUCH_DRIVER;
      case NOT_FOUND -> NOT_FOUND;
      case CONTENT_MISMATCH -> MISMATCH;
      case INVALID_IMAGE, TARGET_EXISTS, SOURCE_FAILED, TARGET_FAILED -> FAILED;
      case INTERRUPTED -> INTERRUPTED;
    };
  }
}
