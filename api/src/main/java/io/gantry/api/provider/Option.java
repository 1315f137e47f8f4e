package io.gantry.api.provider;

import static java.util.Objects.requireNonNull;

import java.util.function.Function;
import java.util.regex.Pattern;

/**
 * A setting that a driver or store declares. Declared once as a constant, it is shown by {@code
 * gantry drivers}, parsed and refused by the framework, and read back with {@link
 * Options#get(Option)}. Immutable.
 *
 * @param <T> the type of the value
 */
public final class Option<T> {
  private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9-]*");

  private final String name;
  private final String help;
  private final T defaultValue;
  private final Function<String, T> parser;

  private Option(String name, String help, T defaultValue, Function<String, T> parser) {
    if (!NAME.matcher(name).matches()) {
      throw new IllegalArgumentException("option name '" + name + "' is not [a-z][a-z0-9-]*");
    }
    if (help.isBlank()) {
      throw new IllegalArgumentException("option " + name + " has no help");
    }
    this.name = name;
    this.help = help;
    this.defaultValue = requireNonNull(defaultValue, "defaultValue");
    this.parser = parser;
  }

  /**
   * Declares an option that is on or off, written {@code name=true} or {@code name=false}.
   *
   * @param name lower-case words joined by hyphens
   * @param help one sentence for people
   * @param defaultValue the value when the user says nothing
   */
  public static Option<Boolean> flag(String name, String help, boolean defaultValue) {
    return new Option<>(name, help, defaultValue, Option::parseFlag);
  }

  private static Boolean parseFlag(String text) {
    return switch (text) {
      case "true" -> true;
      case "false" -> false;
      default -> throw new IllegalArgumentException("expected true or false");
    };
  }

  /** Returns the name, which is unique within its driver. */
  public String name() {
    return name;
  }

  /** Returns one sentence that says what the option does. */
  public String help() {
    return help;
  }

  /** Returns the value when the user says nothing. */
  public T defaultValue() {
    return defaultValue;
  }

  T parse(String text) {
    return parser.apply(text);
  }
}
