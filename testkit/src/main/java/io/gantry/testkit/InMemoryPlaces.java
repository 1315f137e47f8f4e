package io.gantry.testkit;

import io.gantry.api.provider.Location;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The places that {@code memory:} locations stand for, each known by its path. Drivers and stores
 * that share an instance see what the others publish. Safe for use by several threads.
 */
public final class InMemoryPlaces {
  /** The part of a location before the colon. */
  public static final String SCHEME = "memory";

  private final Map<String, InMemoryPlace> places = new ConcurrentHashMap<>();

  /** Makes places that are all empty. */
  public InMemoryPlaces() {}

  /** Returns the place that a location stands for; its name and digest do not count. */
  public InMemoryPlace at(Location location) {
    return places.computeIfAbsent(location.path(), InMemoryPlace::new);
  }
}
