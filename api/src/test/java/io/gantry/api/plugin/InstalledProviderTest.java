package io.gantry.api.plugin;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class InstalledProviderTest {
  @Test
  void hasTheVersionOfItsModule() {
    String java = String.class.getModule().getDescriptor().rawVersion().orElseThrow();

    assertThat(InstalledProvider.version(String.class)).isEqualTo(java);
  }
}
