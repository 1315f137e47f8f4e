package io.gantry.cli;

/** Numbers of things, in English. */
final class Counts {
  private Counts() {}

  /** Returns {@code 1 blob}, {@code 2 blobs} and the like. */
  static String of(int number, String noun) {
    return number + " " + noun + (number == 1 ? "" : "s");
  }
}
