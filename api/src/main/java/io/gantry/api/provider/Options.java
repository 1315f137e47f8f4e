package io.gantry.api.provider;

import io.gantry.api.GantryException;
import io.gantry.api.GantryException.Kind;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The values of the options that a driver or store declared. Immutable. */
public final class Options {
  private final Map<Option<?>, Object> values;

  private Options(Map<Option<?>, Object> values) {
    this.values = values;
  }

  /**
   * Parses what a user gave against what a provider declared.
   *
   * @param scheme whose options these are, for messages
   * @param declared every option there is
   * @param given text by option name
   * @throws GantryException of kind {@code INVALID_ARGUMENT} if a name is not declared or a value
   *     not valid
   */
  public static Options parse(String scheme, List<Option<?>> declared, Map<String, String> given)
      throws GantryException {
    Map<Option<?>, Object> values = new HashMap<>();
    for (Option<?> option : declared) {
      values.put(option, option.defaultValue());
    }
    for (Map.Entry<String, String> entry : given.entrySet()) {
      Option<?> option = find(scheme, declared, entry.getKey());
      try {
        values.put(option, option.parse(entry.getValue()));
      } catch (IllegalArgumentException e) {
        throw new GantryException(
            Kind.INVALID_ARGUMENT,
            "%s: option %s='%s': %s"
                .formatted(scheme, entry.getKey(), entry.getValue(), e.getMessage()),
            e);
      }
    }
    return new Options(values);
  }

  private static Option<?> find(String scheme, List<Option<?>> declared, String name)
      throws GantryException {
    for (Option<?> option : declared) {
      if (option.name().equals(name)) {
        return option;
      }
    }
    List<String> names = declared.stream().map(Option::name).sorted().toList();
    throw new GantryException(
        Kind.INVALID_ARGUMENT,
        "%s: no option '%s'; it has %s"
            .formatted(scheme, name, names.isEmpty() ? "none" : String.join(", ", names)));
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
}
