package io.gantry.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.gantry.api.plugin.InstalledProvider;
import io.gantry.api.provider.Option;
import java.util.List;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

final class DriversCommandTest {
  @Test
  void listsWhatIsInstalled() {
    String out = Run.of("drivers").succeeds().out();
    assertThat(out)
        .containsPattern("(?m)^dir +oci +reads, writes ")
        .containsPattern("(?m)^store +reads ")
        .containsPattern("(?m)^tar +oci-archive ")
        .containsPattern("(?m)^s3 +profile +source, target +text +[a-z]")
        .containsPattern("(?m)^s3 +addressing +source, target +auto\\|path\\|virtual +auto +[a-z]")
        .containsPattern("(?m)^tar +docker-manifest +target +true\\|false +true +[a-z]");
  }

  @Test
  void listsWhatIsInstalledAsJson() {
    JsonNode json = Run.of("drivers", "--json").succeeds().json();
    JsonNode tar =
        StreamSupport.stream(json.get("drivers").spliterator(), false)
            .filter(driver -> driver.get("scheme").stringValue().equals("tar"))
            .findFirst()
            .orElseThrow();
    assertThat(tar.get("writes").booleanValue()).isTrue();
    assertThat(tar.get("options").get(0).get("name").stringValue()).isEqualTo("docker-manifest");
    assertThat(tar.get("options").get(0).get("target").booleanValue()).isTrue();
    assertThat(tar.get("options").get(0).get("source").booleanValue()).isFalse();
    assertThat(tar.get("options").get(0).get("type").stringValue()).isEqualTo("flag");
    assertThat(tar.get("options").get(0).get("values").stringValue()).isEqualTo("true|false");
    assertThat(tar.get("options").get(0).has("environment")).isFalse();
    assertThat(json.get("problems").isEmpty()).isTrue();
  }

  @Test
  void mergesTheTwoSidesOfASchemeFromOneJar() {
    List<InstalledScheme> schemes =
        InstalledScheme.of(
            List.of(
                provider("zip", true, "/lib/zip.jar", "archive"),
                provider("zip", false, "/lib/zip.jar", "archive", "z"),
                provider("far", false, "/lib/other.jar")));
    assertThat(schemes).extracting(InstalledScheme::scheme).containsExactly("far", "zip");
    assertThat(schemes.get(1).aliases()).containsExactly("archive", "z");
    assertThat(schemes.get(1).jar()).isEqualTo("zip.jar");
  }

  @Test
  void keepsApartWhatComesFromTwoJars() {
    assertThat(
            InstalledScheme.of(
                List.of(
                    provider("zip", true, "/lib/zip.jar"),
                    provider("zip", false, "/lib/unzip.jar"))))
        .hasSize(2);
  }

  @Test
  void showsAnOptionOnceAndWhatItIsGivenTo() {
    InstalledProvider reads = provider("zip", false, "zip.jar");
    InstalledProvider writes = provider("zip", true, "zip.jar");
    InstalledScheme reader = InstalledScheme.of(List.of(reads)).get(0);
    InstalledScheme both = InstalledScheme.of(List.of(reads, writes)).get(0);
    assertThat(both.options()).hasSize(1);
    Option<?> option = both.options().get(0);
    assertThat(reader.isOfSource(option)).isTrue();
    assertThat(reader.isOfTarget(option)).isFalse();
    assertThat(both.isOfSource(option)).isTrue();
    assertThat(both.isOfTarget(option)).isTrue();
  }

  @Test
  void showsAnOptionTwiceThatTheSidesDoNotMeanAlike() {
    Option<?> ofTarget = Option.flag("fast", "do it fast", false);
    for (Option<?> ofSource :
        List.<Option<?>>of(
            Option.flag("fast", "do it fast", true),
            Option.flag("fast", "go faster", false),
            Option.number("fast", "do it fast", 1, 0, 9),
            Option.text("fast", "do it fast"))) {
      InstalledScheme both =
          InstalledScheme.of(
                  List.of(
                      provider("zip", true, "zip.jar", ofTarget),
                      provider("zip", false, "zip.jar", ofSource)))
              .get(0);
      assertThat(both.options()).isEqualTo(List.of(ofTarget, ofSource));
      assertThat(both.isOfSource(ofTarget)).isFalse();
      assertThat(both.isOfTarget(ofTarget)).isTrue();
      assertThat(both.isOfSource(ofSource)).isTrue();
      assertThat(both.isOfTarget(ofSource)).isFalse();
    }
  }

  private static InstalledProvider provider(
      String scheme, boolean driver, String origin, String... aliases) {
    Option<?> option = Option.flag("fast", "do it fast", false);
    return provider(scheme, driver, origin, option, aliases);
  }

  private static InstalledProvider provider(
      String scheme, boolean driver, String origin, Option<?> option, String... aliases) {
    return new InstalledProvider(scheme, List.of(aliases), driver, "1", origin, List.of(option));
  }
}
