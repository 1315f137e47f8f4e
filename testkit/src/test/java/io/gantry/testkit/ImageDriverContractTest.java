package io.gantry.testkit;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.gantry.api.driver.ImageDriverProvider;
import io.gantry.api.oci.Digest;
import io.gantry.api.provider.Location;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class ImageDriverContractTest {
  /** The rules that no driver can break: the framework keeps it for them. */
  private static final Set<String> UNBREAKABLE = Set.of("O2");

  /** Shown by {@link ModuleDescriptorRuleTest}, as it needs a module. */
  private static final Set<String> SHOWN_ELSEWHERE = Set.of("L2");

  @ParameterizedTest
  @EnumSource
  void aFlawedDriverBreaksItsRulesAndNoOther(DriverFlaw flaw) {
    assertThat(ContractRun.of(FlawedDrivers.class, flaw.name()).broken())
        .isEqualTo(new TreeSet<>(flaw.breaks()));
  }

  @ParameterizedTest
  @EnumSource
  void aFlawedLayoutBreaksItsRulesAndNoOther(LayoutFlaw flaw) {
    assertThat(ContractRun.of(FlawedLayouts.class, flaw.name()).broken())
        .isEqualTo(new TreeSet<>(flaw.breaks()));
  }

  @ParameterizedTest
  @MethodSource("flawedProviders")
  void aFlawedProviderBreaksItsRulesAndNoOther(Class<?> provider, Set<String> rules) {
    assertThat(ContractRun.of(OtherProviders.class, provider.getSimpleName()).broken())
        .isEqualTo(rules);
  }

  static Stream<Arguments> flawedProviders() {
    return Stream.of(
        Arguments.of(FlawedProviders.Unlisted.class, Set.of("L1")),
        Arguments.of(FlawedProviders.BoundToTheProgram.class, Set.of("L1")),
        // A services file with such a class in it would hide the providers after it.
        Arguments.of(FlawedProviders.HasNoPublicConstructor.class, Set.of("L1", "L3")),
        Arguments.of(FlawedProviders.StartsAThread.class, Set.of("L3")),
        Arguments.of(FlawedProviders.ForgetsItsOptions.class, Set.of("L3")),
        Arguments.of(FlawedProviders.SaysAnotherVersion.class, Set.of("L4")),
        Arguments.of(FlawedProviders.RepeatsAnOption.class, Set.of("O1")));
  }

  @Test
  @SuppressWarnings("unchecked") // the rows are right above
  void everyRuleIsBrokenBySomebody() {
    ContractRun sound = ContractRun.of(FlawedDrivers.class, DriverFlaw.NONE.name());
    Set<String> proven = new TreeSet<>(UNBREAKABLE);
    proven.addAll(SHOWN_ELSEWHERE);
    for (DriverFlaw flaw : DriverFlaw.values()) {
      proven.addAll(flaw.breaks());
    }
    for (LayoutFlaw flaw : LayoutFlaw.values()) {
      proven.addAll(flaw.breaks());
    }
    flawedProviders().forEach(row -> proven.addAll((Set<String>) row.get()[1]));
    assertThat(proven).isEqualTo(sound.all());
    assertThat(sound.skipped()).containsExactly("L2", "O2");
  }

  /** The contract as the author of a flawed driver would adopt it. */
  @ExtendWith(ContractRun.Flaw.class)
  static final class FlawedDrivers extends InMemoryDriverTest {
    private final FlawedProviders.Sound provider;

    FlawedDrivers(String flaw) {
      provider = new FlawedProviders.Sound(places(), DriverFlaw.valueOf(flaw), LayoutFlaw.NONE);
    }

    @Override
    protected ImageDriverProvider provider() {
      return provider;
    }

    @Override
    protected ReadBack readBack(Location target) throws IOException {
      Map<String, byte[]> files = new HashMap<>(files(target));
      for (Map.Entry<Digest, byte[]> stray : provider.straysAt(target).entrySet()) {
        files.putIfAbsent(OciLayout.name(stray.getKey()), stray.getValue());
      }
      return ReadBack.ofLayout(files);
    }
  }

  /** The contract as the author of a flawed layout would adopt it. */
  @ExtendWith(ContractRun.Flaw.class)
  static final class FlawedLayouts extends InMemoryDriverTest {
    private final ImageDriverProvider provider;

    FlawedLayouts(String flaw) {
      provider = new FlawedProviders.Sound(places(), DriverFlaw.NONE, LayoutFlaw.valueOf(flaw));
    }

    @Override
    protected ImageDriverProvider provider() {
      return provider;
    }
  }

  /** The contract for the providers that are wrong themselves. */
  @ExtendWith(ContractRun.Flaw.class)
  static final class OtherProviders extends InMemoryDriverTest {
    private static final Map<String, Supplier<FlawedProviders.Sound>> PROVIDERS =
        Map.of(
            "Unlisted", FlawedProviders.Unlisted::new,
            "BoundToTheProgram", FlawedProviders.BoundToTheProgram::new,
            "HasNoPublicConstructor", FlawedProviders.HasNoPublicConstructor::new,
            "StartsAThread", FlawedProviders.StartsAThread::new,
            "ForgetsItsOptions", FlawedProviders.ForgetsItsOptions::new,
            "SaysAnotherVersion", FlawedProviders.SaysAnotherVersion::new,
            "RepeatsAnOption", FlawedProviders.RepeatsAnOption::new);

    private final FlawedProviders.Sound provider;

    OtherProviders(String name) {
      provider = requireNonNull(PROVIDERS.get(name)).get();
    }

    @Override
    InMemoryPlaces places() {
      return provider.places;
    }

    @Override
    protected ImageDriverProvider provider() {
      return provider;
    }
  }
}
