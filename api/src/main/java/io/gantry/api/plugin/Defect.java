package io.gantry.api.plugin;

/** What went wrong in the code of a jar, which may throw anything. */
final class Defect {
  private Defect() {}

  /**
   * Returns what went wrong, without the wrapping that Java gives to the failure of a static
   * initialiser, then and whenever its class is asked for again.
   *
   * @throws VirtualMachineError if it is one that tells of the end of Java and not of a defect, as
   *     a stack that ran over does
   */
  static Throwable of(Throwable thrown) {
    Throwable cause = thrown.getCause();
    Throwable defect = thrown;
    if (thrown instanceof NoClassDefFoundError && cause instanceof ExceptionInInitializerError) {
      defect = of(cause);
    } else if (thrown instanceof ExceptionInInitializerError && cause != null) {
      defect = cause;
    }
    if (defect instanceof OutOfMemoryError ending) {
      throw ending;
    }
    if (defect instanceof UnknownError ending) {
      throw ending;
    }
    return defect;
  }
}
