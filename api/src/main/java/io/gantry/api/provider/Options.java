package io.gantry.api.provider;

import static java.util.Objects.requireNonNull;

import io.gantry.api.GantryException;
import io.gantry.api.GantryException.Kind;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The values of the options that a driver or store declared. Immutable. */
public final class Options {
  private final Map<Option<?>, Object> values;

  private Options(Map<Option<?>, Object> values) {
    this.values = values;
  }

  /**
   * Parses what a user gave against what a provider declared. A secret that is not given is taken
   * from the variable of the environment that its option names. No message tells its value.
   *
   * @param scheme whose options these are, for messages
   * @param declared every option there is
   * @param given text by option name
   * @throws GantryException of kind {@code INVALID_ARGUMENT} if a name is not declared or a value
   *     not valid
   */
  public static Options parse(String scheme, List<Option<?>> declared, Map<String, String> given)
      throws GantryException {
    return parse(scheme, declared, given, System.getenv());
  }

  static Options parse(
      String scheme,
      List<Option<?>> declared,
      Map<String, String> given,
      Map<String, String> environment)
      throws GantryException {
    Map<Option<?>, Object> values = new HashMap<>();
    for (Option<?> option : declared) {
      values.put(option, option.defaultValue());
      String secret = option.isSecret() ? environment.get(option.environment()) : null;
      if (secret != null && !secret.isEmpty() && !given.containsKey(option.name())) {
        values.put(option, parseFromEnvironment(scheme, option, secret));
      }
    }
    for (Map.Entry<String, String> entry : given.entrySet()) {
      Option<?> option = find(scheme, declared, entry.getKey());
      values.put(option, parse(scheme, option, entry.getValue()));
    }
    return new Options(values);
  }

  /** In words of its own, as the user may not know of the variable. */
  private static Object parseFromEnvironment(String scheme, Option<?> option, String secret)
      throws GantryException {
    try {
      return requireNonNull(option.parse(secret));
    } catch (IllegalArgumentException e) {
      throw new GantryException(
          Kind.INVALID_ARGUMENT,
          "%s: option %s from %s: expected a text; unset it for none"
              .formatted(scheme, option.name(), option.environment()),
          e);
    }
  }

  private static Object parse(String scheme, Option<?> option, String text) throws GantryException {
    try {
      return requireNonNull(option.parse(text));
    } catch (IllegalArgumentException e) {
      throw new GantryException(
          Kind.INVALID_ARGUMENT,
          scheme
              + ": option "
              + option.name()
              + (option.isSecret() ? "" : "='" + text + "'")
              + ": "
              + e.getMessage(),
          e);
    }
  }

  private static Option<?> find(String scheme, List<Option<?>> declared, String name)
      throws GantryException {
    List<String> names = new ArrayList<>();
    for (Option<?> option : declared) {
      if (option.name().equals(name)) {
        return option;
      }
      names.add(option.name());
    }
    Collections.sort(names);
    throw new GantryException(
        Kind.INVALID_ARGUMENT,
        "%s: no option '%s'; it has %s%s"
            .formatted(
                scheme,
                name,
                names.isEmpty() ? "none" : String.join(", ", names),
                NearestName.question(name, names)));
  }

  /**
   * Returns the value of an option, its default when the user gave none.
   *
   * @param option the very constant that the provider declares
   * @throws IllegalArgumentException if the provider does not declare it
   */
  @SuppressWarnings("unchecked") // parse puts values of the option's own type
  public <T> T get(Option<T> option) {
    Object value = values.get(option);
    if (value == null) {
      throw new IllegalArgumentException("option " + option.name() + " is not declared");
    }
    return (T) value;
  }

  /** Returns the values, for who looks for a fault; of a secret no more than that there is one. */
  @Override
  public String toString() {
    Map<String, String> shown = new TreeMap<>();
    for (Map.Entry<Option<?>, Object> entry : values.entrySet()) {
      Object value = entry.getValue();
      boolean hidden = entry.getKey().isSecret() && !value.equals(Optional.empty());
      shown.put(entry.getKey().name(), hidden ? "***" : String.valueOf(value));
    }
    return shown.toString();
  }
}
