package io.gantry.testkit;

import java.io.IOException;

/** A way to break the carrier under a target, for rule F2 of {@link ImageDriverContract}. */
public interface CarrierFault {
  /**
   * Makes the {@code n}-th write from now on fail, and every one after it.
   *
   * @param n one for the next write
   * @throws IOException if the fault cannot be set
   */
  void failAtWrite(int n) throws IOException;

  /**
   * Makes the carrier work again.
   *
   * @throws IOException if the fault cannot be taken back
   */
  void heal() throws IOException;
}
