package io.gantry.api.oci;

import static io.gantry.api.FailureAssert.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PlatformTest {

  /** What {@code platforms.Normalize} of github.com/containerd/platforms v1.0.0-rc.1 returns. */
  @ParameterizedTest
  @CsvSource({
    "linux/amd64,     linux/amd64",
    "linux/x86_64,    linux/amd64",
    "linux/x86-64,    linux/amd64",
    "Linux/AMD64,     linux/amd64",
    "linux/amd64/v1,  linux/amd64",
    "linux/x86_64/v1, linux/amd64",
    "linux/amd64/v2,  linux/amd64/v2",
    "linux/amd64/V3,  linux/amd64/v3",
    "linux/i386,      linux/386",
    "linux/i386/v1,   linux/386",
    "linux/386,       linux/386",
    "linux/386/x,     linux/386/x",
    "linux/arm64,     linux/arm64",
    "linux/aarch64,   linux/arm64",
    "linux/arm64/8,   linux/arm64",
    "linux/arm64/v8,  linux/arm64",
    "linux/aarch64/v8, linux/arm64",
    "linux/arm64/v9,  linux/arm64/v9",
    "linux/arm64/v8.1, linux/arm64/v8.1",
    "linux/arm64/v9.3, linux/arm64/v9.3",
    "linux/arm,       linux/arm/v7",
    "linux/arm/5,     linux/arm/v5",
    "linux/arm/6,     linux/arm/v6",
    "linux/arm/7,     linux/arm/v7",
    "linux/arm/8,     linux/arm/v8",
    "linux/arm/v5,    linux/arm/v5",
    "linux/arm/v6,    linux/arm/v6",
    "linux/arm/v7,    linux/arm/v7",
    "LINUX/ARM/V6,    linux/arm/v6",
    "linux/arm/x,     linux/arm/x",
    "linux/armhf,     linux/arm/v7",
    "linux/armhf/v6,  linux/arm/v7",
    "linux/armel,     linux/arm/v6",
    "linux/armel/v7,  linux/arm/v6",
    "linux/armv7l,    linux/armv7l",
    "macos/arm64,     darwin/arm64",
    "macOS/x86_64,    darwin/amd64",
    "windows/amd64,   windows/amd64",
    "linux/riscv64,   linux/riscv64",
    "linux/s390x,     linux/s390x",
    "linux/ppc64le,   linux/ppc64le"
  })
  void resolvesAliasesAsContainerdDoes(String text, String normalized) {
    assertThat(Platform.parse(text)).hasToString(normalized);
  }

  /** The same function; the Arm version 8.0 has no name of its own, and 9.0 is written v9. */
  @ParameterizedTest
  @CsvSource({
    "linux/arm64/9,    linux/arm64/v9",
    "linux/arm64/v8.0, linux/arm64",
    "linux/arm64/v9.0, linux/arm64/v9"
  })
  void resolvesTheVersionsOfArm64AsContainerdDoes(String text, String normalized) {
    assertThat(Platform.parse(text)).hasToString(normalized);
  }

  @Test
  void isTheSameHoweverOftenItIsNormalised() {
    Platform once = Platform.of("macOS", "ARMHF", Optional.empty()).normalized();

    assertThat(once.normalized()).isEqualTo(once);
  }

  @Test
  void keepsVersionFeaturesAndUnknownFieldsWhenNormalised() {
    var platform =
        new Platform(
            "Windows",
            "x86_64",
            Optional.of("v1"),
            Optional.of("10.0.17763.1"),
            List.of("win32k"),
            Map.of("x", "1"));

    assertThat(platform.normalized())
        .isEqualTo(
            new Platform(
                "windows",
                "amd64",
                Optional.empty(),
                Optional.of("10.0.17763.1"),
                List.of("win32k"),
                Map.of("x", "1")));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "/",
        "linux",
        "amd64",
        "LOCAL",
        "linux/",
        "/amd64",
        "//v7",
        "linux//v7",
        "linux/arm/",
        "linux/arm/v7/",
        "linux/arm/v7/x"
      })
  void refusesAnythingButTwoOrThreeParts(String text) {
    assertRefused(() -> Platform.parse(text))
        .hasMessage(
            "platform '%s' is not valid: expected os/architecture[/variant], such as linux/arm64"
                .formatted(text));
  }

  @Test
  void quotesOnlyTheBeginningOfAHugeText() {
    assertRefused(() -> Platform.parse("x".repeat(1_000_000))).hasMessageContaining("xxx...'");
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void isTheOneOfThisMachineWhenLocal() {
    assertThat(Platform.parse("local"))
        .isEqualTo(Platform.parse("linux/" + System.getProperty("os.arch")));
  }

  @ParameterizedTest
  @CsvSource({
    "linux/amd64,    linux/amd64,    true",
    "linux/amd64,    linux/x86_64,   true",
    "linux/x86_64,   linux/amd64,    true",
    "linux/arm64,    linux/arm64/v8, true",
    "linux/arm64/v8, linux/arm64,    true",
    "linux/arm,      linux/arm/v7,   true",
    "linux/arm/v7,   linux/arm,      true",
    "linux/arm/v7,   linux/arm/v6,   false",
    "linux/amd64,    linux/amd64/v3, false",
    "linux/amd64/v3, linux/amd64,    false",
    "linux/amd64,    windows/amd64,  false",
    "linux/amd64,    linux/arm64,    false",
    "linux/amd64,    linux/386,      false",
    "linux/arm64,    linux/arm/v8,   false"
  })
  void matchesTheSamePlatformByAnyOfItsNames(String wanted, String candidate, boolean matches) {
    String[] parts = candidate.split("/", -1);
    Optional<String> variant = parts.length > 2 ? Optional.of(parts[2]) : Optional.empty();

    assertThat(Platform.parse(wanted).matches(Platform.of(parts[0], parts[1], variant)))
        .isEqualTo(matches);
  }

  @Test
  void matchesWhateverTheVersionOfTheSystem() {
    var candidate =
        new Platform(
            "windows",
            "amd64",
            Optional.empty(),
            Optional.of("10.0.17763.1"),
            List.of("win32k"),
            Map.of());

    assertThat(Platform.parse("windows/amd64").matches(candidate)).isTrue();
  }
}
