package io.gantry.api.provider;

import static io.gantry.api.FailureAssert.assertFailure;
import static io.gantry.api.FailureAssert.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import io.gantry.api.GantryException;
import io.gantry.api.GantryException.Kind;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OptionsTest {
  private static final Option<Boolean> ON = Option.flag("on", "is on by itself", true);
  private static final Option<Boolean> OFF = Option.flag("off", "is off by itself", false);
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
  void refuseWhatIsNotDeclaredAndListWhatIs() {
    assertFailure(Kind.INVALID_ARGUMENT, () -> Options.parse("tar", DECLARED, Map.of("ON", "true")))
        .hasMessage("tar: no option 'ON'; it has off, on");
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
  }
}
