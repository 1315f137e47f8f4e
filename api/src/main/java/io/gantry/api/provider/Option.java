package io.gantry.api.provider;

import static java.util.Objects.requireNonNull;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
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
  private static final String SECRET = "secret";

  private final String name;
  private final String type;
  private final String values;
  private final String environment;
  private final String help;
  private final T defaultValue;
  private final String defaultText;
  private final Function<String, T> parser;

  private Option(
      String name,
      String type,
      String values,
      String environment,
      String help,
      T defaultValue,
      String defaultText,
      Function<String, T> parser) {
    if (!NAME.matcher(name).matches()) {
      throw new IllegalArgumentException("option name '" + name + "' is not [a-z][a-z0-9-]*");
    }
    if (help.isBlank()) {
      throw new IllegalArgumentException("option " + name + " has no help");
    }
    this.name = name;
    this.type = type;
    this.values = values;
    this.environment = environment;
    this.help = help;
    this.defaultValue = requireNonNull(defaultValue, "defaultValue");
    this.defaultText = defaultText;
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
    return new Option<>(
        name,
        "flag",
        "true|false",
        "",
        help,
        defaultValue,
        Boolean.toString(defaultValue),
        Option::parseFlag);
  }

  /**
   * Declares an option that is a text, empty when the user says nothing.
   *
   * @param name lower-case words joined by hyphens
   * @param help one sentence for people
   */
  public static Option<Optional<String>> text(String name, String help) {
    return new Option<>(name, "text", "", "", help, Optional.empty(), "", Option::parseText);
  }

  /**
   * Declares an option that is a text which nobody else may see, empty when the user says nothing.
   * Gantry shows its value nowhere, and neither must who reads it. As the command line of a process
   * can be seen by others, users may put the value into a variable of the environment instead, and
   * should.
   *
   * @param name lower-case words joined by hyphens
   * @param environment the variable, such as {@code ZIP_PASSWORD}; looked at if the user does not
   *     give the option itself, and no value if it is empty
   * @param help one sentence for people
   */
  public static Option<Optional<String>> secret(String name, String environment, String help) {
    if (environment.isBlank()) {
      throw new IllegalArgumentException("secret option " + name + " names no variable");
    }
    return new Option<>(
        name, SECRET, "", environment, help, Optional.empty(), "", Option::parseText);
  }

  /**
   * Declares an option that is a whole number.
   *
   * @param name lower-case words joined by hyphens
   * @param help one sentence for people, which names the unit
   * @param defaultValue the value when the user says nothing
   * @param min the least value
   * @param max the greatest value
   */
  public static Option<Integer> number(
      String name, String help, int defaultValue, int min, int max) {
    return new Option<>(
        name,
        "number",
        min + ".." + max,
        "",
        help,
        defaultValue,
        Integer.toString(defaultValue),
        text -> parseNumber(text, min, max));
  }

  /**
   * Declares an option that is one of a few words: the constants of an enum, written in lower case
   * and with hyphens.
   *
   * @param name lower-case words joined by hyphens
   * @param help one sentence for people
   * @param defaultValue the value when the user says nothing
   */
  public static <E extends Enum<E>> Option<E> choice(String name, String help, E defaultValue) {
    Map<String, E> words = new LinkedHashMap<>();
    for (E constant : defaultValue.getDeclaringClass().getEnumConstants()) {
      words.put(word(constant), constant);
    }
    return new Option<>(
        name,
        "choice",
        String.join("|", words.keySet()),
        "",
        help,
        defaultValue,
        word(defaultValue),
        text -> parseChoice(text, words));
  }

  private static String word(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  private static Boolean parseFlag(String text) {
    return switch (text) {
      case "true" -> true;
      case "false" -> false;
      default -> throw new IllegalArgumentException("expected true or false");
    };
  }

  private static Optional<String> parseText(String text) {
    if (text.isBlank()) {
      throw new IllegalArgumentException("expected a text; leave the option out for none");
    }
    return Optional.of(text);
  }

  private static Integer parseNumber(String text, int min, int max) {
    try {
      int number = Integer.parseInt(text);
      if (number >= min && number <= max) {
        return number;
      }
    } catch (NumberFormatException notANumber) {
      // Told in the same words as one that is out of range.
    }
    throw new IllegalArgumentException("expected a number from %d to %d".formatted(min, max));
  }

  private static <E> E parseChoice(String text, Map<String, E> words) {
    E constant = words.get(text);
    if (constant == null) {
      throw new IllegalArgumentException(
          "expected one of "
              + String.join(", ", words.keySet())
              + NearestName.question(text, words.keySet()));
    }
    return constant;
  }

  /** Returns the name, which is unique within its driver. */
  public String name() {
    return name;
  }

  /** Returns {@code flag}, {@code text}, {@code number}, {@code choice} or {@code secret}. */
  public String type() {
    return type;
  }

  /**
   * Returns what may be given, as {@code true|false}, {@code 5..5120} or {@code path|virtual};
   * empty if that is any text.
   */
  public String values() {
    return values;
  }

  /** Returns the variable that a secret may be in; empty if this is none. */
  public String environment() {
    return environment;
  }

  /** Returns whether the value must not be shown to anybody. */
  public boolean isSecret() {
    return type.equals(SECRET);
  }

  /** Returns one sentence that says what the option does. */
  public String help() {
    return help;
  }

  /** Returns the value when the user says nothing. */
  public T defaultValue() {
    return defaultValue;
  }

  /** Returns the default value as a user would write it, empty if it is that there is none. */
  public String defaultText() {
    return defaultText;
  }

  T parse(String text) {
    return parser.apply(text);
  }
}
