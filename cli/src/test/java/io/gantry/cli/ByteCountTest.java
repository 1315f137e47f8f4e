package io.gantry.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ByteCountTest {
  @ParameterizedTest
  @CsvSource({
    "0, 0 B",
    "999, 999 B",
    "1000, 1.0 kB",
    "999949, 999.9 kB",
    "999950, 1.0 MB",
    "340100000, 340.1 MB",
    "5000000000, 5.0 GB",
    "9223372036854775807, 9.2 EB"
  })
  void countsInPowersOfTen(long bytes, String text) {
    assertThat(ByteCount.format(bytes)).isEqualTo(text);
  }
}
