package io.gantry.api.provider;

import java.util.List;

/**
 * What the providers of drivers and of stores have in common. A provider is a public class with a
 * public constructor without parameters that does no work; it holds no state, so that one instance
 * serves any number of exports on any thread.
 */
public interface Provider {
  /**
   * The version of this contract. It is a compile-time constant on purpose: javac copies it into
   * the class file of every provider (JLS 13.1), so that {@link #spiVersion()} tells which contract
   * a jar was built against.
   */
  int SPI_VERSION = 1;

  /** Returns {@link #SPI_VERSION}, always by that name. */
  int spiVersion();

  /**
   * Returns the part of a location before the colon: at least two characters, a lower-case letter
   * followed by letters, digits, {@code +}, {@code .} or {@code -}.
   */
  String scheme();

  /** Returns other schemes that mean the same, for habits formed with other tools. */
  default List<String> aliases() {
    return List.of();
  }

  /** Returns the options that this provider understands; the framework refuses all others. */
  default List<Option<?>> options() {
    return List.of();
  }
}
