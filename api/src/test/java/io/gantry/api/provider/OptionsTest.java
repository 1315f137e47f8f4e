package io.gantry.api.provider;

import static io.gantry.api.FailureAssert.assertFailure;
import static io.gantry.api.FailureAssert.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.gantry.api.GantryException;
import io.gantry.api.GantryException.Kind;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class OptionsTest {
  private static final Option<Boolean> ON = Option.flag("on", "is on by itself", true);
  private static final Option<Boolean> OFF = Option.flag("off", "is off by itself", false);
  private static final Option<Optional<String>> SECRET =
      Option.secret("password", "ZIP_PASSWORD", "is nobody's affair");
  private static final List<Option<?>> DECLARED = List.of(ON, OFF);

  @Test
  void haveTheirDefaultsWhenNothingIsGiven() throws GantryException {
    Options options = Options.parse("tar", DECLARED, Map.of());

    assertThat(options.get(ON)).isTrue();
    assertThat(options.get(OFF)).isFalse();
  }

  @Test
  void haveTheValuesThatAreGiven() throws GantryException {
    Options options = Options.parse("tar", DECLARED, Map.of("on", "false", "off", "true"));

    assertThat(options.get(ON)).isFalse();
    assertThat(options.get(OFF)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "yes", "1", "TRUE", "true "})
  void refuseAFlagThatIsNeitherTrueNorFalse(String value) {
    assertFailure(Kind.INVALID_ARGUMENT, () -> Options.parse("tar", DECLARED, Map.of("on", value)))
        .hasMessage("tar: option on='%s': expected true or false", value);
  }

  @Test
  void mayBeATextANumberOrAChoice() throws GantryException {
    Option<Optional<String>> text = Option.text("text", "is a text");
    Option<Integer> number = Option.number("number", "is a number", 5, 1, 10);
    Option<Fruit> choice = Option.choice("choice", "is a fruit", Fruit.APPLE);
    List<Option<?>> declared = List.of(text, number, choice);

    assertThat(declared).extracting(Option::defaultText).containsExactly("", "5", "apple");
    Options none = Options.parse("s3", declared, Map.of());
    assertThat(none.get(text)).isEmpty();
    assertThat(none.get(number)).isEqualTo(5);
    assertThat(none.get(choice)).isEqualTo(Fruit.APPLE);

    Options given =
        Options.parse(
            "s3", declared, Map.of("text", "a b", "number", "10", "choice", "blood-orange"));
    assertThat(given.get(text)).contains("a b");
    assertThat(given.get(number)).isEqualTo(10);
    assertThat(given.get(choice)).isEqualTo(Fruit.BLOOD_ORANGE);
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '"',
      value = {
        "text,   \"\",    expected a text; leave the option out for none",
        "number, 0,     expected a number from 1 to 10",
        "number, 11,    expected a number from 1 to 10",
        "number, five,  expected a number from 1 to 10",
        "choice, APPLE, \"expected one of apple, blood-orange; did you mean 'apple'?\"",
        "choice, bloodorange, \"expected one of apple, blood-orange; did you mean 'blood-orange'?\"",
        "choice, pear, \"expected one of apple, blood-orange\"",
      })
  void refuseAValueOfAnotherKind(String name, String value, String complaint) {
    List<Option<?>> declared =
        List.of(
            Option.text("text", "is a text"),
            Option.number("number", "is a number", 5, 1, 10),
            Option.choice("choice", "is a fruit", Fruit.APPLE));

    assertFailure(Kind.INVALID_ARGUMENT, () -> Options.parse("s3", declared, Map.of(name, value)))
        .hasMessage("s3: option %s='%s': %s", name, value, complaint);
  }

  private enum Fruit {
    APPLE,
    BLOOD_ORANGE
  }

  @Test
  void refuseWhatIsNotDeclaredAndListWhatIs() {
    assertFailure(Kind.INVALID_ARGUMENT, () -> Options.parse("tar", DECLARED, Map.of("ON", "true")))
        .hasMessage("tar: no option 'ON'; it has off, on; did you mean 'on'?");
  }

  @ParameterizedTest
  @CsvSource({
    "partsize,       part-size",
    "part_size,      part-size",
    "prat-size,      part-size",
    "storage-clas,   storage-class",
    "region,",
    "size,",
    "x,"
  })
  void refuseWhatIsNotDeclaredAndAskForWhatIsNearest(String name, @Nullable String nearest) {
    List<Option<?>> declared =
        List.of(
            Option.text("storage-class", "is a text"),
            Option.text("region-name", "is a text"),
            Option.number("part-size", "is a number", 8, 5, 5120));

    assertFailure(Kind.INVALID_ARGUMENT, () -> Options.parse("s3", declared, Map.of(name, "1")))
        .hasMessage(
            "s3: no option '%s'; it has part-size, region-name, storage-class%s",
            name, nearest == null ? "" : "; did you mean '" + nearest + "'?");
  }

  @Test
  void takeASecretFromTheEnvironmentUnlessItIsGiven() throws GantryException {
    List<Option<?>> declared = List.of(SECRET);
    Map<String, String> environment = Map.of("ZIP_PASSWORD", "from there");

    assertThat(Options.parse("zip", declared, Map.of(), Map.of()).get(SECRET)).isEmpty();
    assertThat(Options.parse("zip", declared, Map.of(), Map.of("ZIP_PASSWORD", "")).get(SECRET))
        .isEmpty();
    assertThat(Options.parse("zip", declared, Map.of(), environment).get(SECRET))
        .contains("from there");
    assertThat(Options.parse("zip", declared, Map.of("password", "given"), environment).get(SECRET))
        .contains("given");
  }

  @Test
  void nameTheVariableOfASecretThatIsBad() {
    assertFailure(
            Kind.INVALID_ARGUMENT,
            () -> Options.parse("zip", List.of(SECRET), Map.of(), Map.of("ZIP_PASSWORD", " ")))
        .hasMessage("zip: option password from ZIP_PASSWORD: expected a text; unset it for none");
  }

  @Test
  void tellNobodyASecret() throws GantryException {
    List<Option<?>> declared = List.of(SECRET, ON);
    String value = "  ";

    assertFailure(
            Kind.INVALID_ARGUMENT, () -> Options.parse("zip", declared, Map.of("password", value)))
        .hasMessage("zip: option password: expected a text; leave the option out for none");
    assertFailure(
            Kind.INVALID_ARGUMENT,
            () -> Options.parse("zip", declared, Map.of("pasword", "hunter2")))
        .hasMessage("zip: no option 'pasword'; it has on, password; did you mean 'password'?");
    Options options = Options.parse("zip", declared, Map.of("password", "hunter2"));
    assertThat(options).hasToString("{on=true, password=***}");
    assertThat(Options.parse("zip", declared, Map.of("on", "false")))
        .hasToString("{on=false, password=Optional.empty}");
  }

  @Test
  void nameTheVariableOfASecret() {
    assertRefused(() -> Option.secret("password", " ", "help"))
        .hasMessage("secret option password names no variable");
  }

  @Test
  void refuseAnyWhenNoneIsDeclared() {
    assertFailure(
            Kind.INVALID_ARGUMENT, () -> Options.parse("dir", List.of(), Map.of("on", "true")))
        .hasMessage("dir: no option 'on'; it has none");
  }

  @Test
  void holdNoOptionThatIsNotDeclared() throws GantryException {
    Options options = Options.parse("tar", List.of(ON), Map.of());

    assertRefused(() -> options.get(OFF)).hasMessage("option off is not declared");
  }

  @Test
  void tellOptionsOfOneNameApart() throws GantryException {
    Options options = Options.parse("tar", List.of(ON), Map.of());

    assertRefused(() -> options.get(Option.flag("on", "another of this name", true)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "On", "1st", "-x", "a_b", "a b", "a=b"})
  void haveNamesOfLowerCaseWordsJoinedByHyphens(String name) {
    assertRefused(() -> Option.flag(name, "help", true))
        .hasMessage("option name '%s' is not [a-z][a-z0-9-]*", name);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " "})
  void haveHelp(String help) {
    assertRefused(() -> Option.flag("on", help, true)).hasMessage("option on has no help");
  }

  @Test
  void tellWhatTheyAre() {
    assertThat(ON.name()).isEqualTo("on");
    assertThat(ON.help()).isEqualTo("is on by itself");
    assertThat(ON.defaultValue()).isTrue();
    assertThat(ON.isSecret()).isFalse();
    assertThat(ON.environment()).isEmpty();
    assertThat(SECRET.isSecret()).isTrue();
    assertThat(SECRET.environment()).isEqualTo("ZIP_PASSWORD");
  }

  @Test
  void tellWhatTheyTake() {
    assertThat(
            List.of(
                ON,
                SECRET,
                Option.text("text", "is a text"),
                Option.number("number", "is a number", 5, 1, 10),
                Option.choice("choice", "is a fruit", Fruit.APPLE)))
        .extracting(Option::type, Option::values)
        .containsExactly(
            tuple("flag", "true|false"),
            tuple("secret", ""),
            tuple("text", ""),
            tuple("number", "1..10"),
            tuple("choice", "apple|blood-orange"));
  }
}
