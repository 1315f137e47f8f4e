package io.gantry.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.gantry.api.GantryException;
import io.gantry.api.content.ContentStore;
import io.gantry.api.content.ContentStoreProvider;
import io.gantry.api.provider.Location;
import io.gantry.api.provider.Options;
import java.io.IOException;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ContentStoreContractTest {
  /** Shared with drivers, and shown by {@link ImageDriverContractTest}. */
  private static final Set<String> SHOWN_ELSEWHERE =
      Set.of("L1", "L2", "L3", "L4", "L5", "O1", "O2", "O4");

  @ParameterizedTest
  @EnumSource
  void aFlawedStoreBreaksItsRulesAndNoOther(StoreFlaw flaw) {
    assertThat(ContractRun.of(FlawedStores.class, flaw.name()).broken())
        .isEqualTo(new TreeSet<>(flaw.breaks()));
  }

  @Test
  void everyRuleIsBrokenBySomebody() {
    ContractRun sound = ContractRun.of(FlawedStores.class, StoreFlaw.NONE.name());
    Set<String> proven = new TreeSet<>(SHOWN_ELSEWHERE);
    for (StoreFlaw flaw : StoreFlaw.values()) {
      proven.addAll(flaw.breaks());
    }
    assertThat(proven).isEqualTo(sound.all());
    assertThat(sound.skipped()).containsExactly("L2", "O2");
  }

  /** The contract as the author of a flawed store would adopt it. */
  @ExtendWith(ContractRun.Flaw.class)
  static final class FlawedStores extends InMemoryStoreTest {
    private final StoreFlaw flaw;

    FlawedStores(String flaw) {
      this.flaw = StoreFlaw.valueOf(flaw);
    }

    @Override
    protected ContentStoreProvider provider() {
      return new Provider(super.provider(), flaw);
    }
  }

  /** Hands out the stores of another with a flaw. */
  public static final class Provider implements ContentStoreProvider {
    private final ContentStoreProvider sound;
    private final StoreFlaw flaw;

    public Provider() {
      this(new InMemoryStoreProvider(), StoreFlaw.NONE);
    }

    Provider(ContentStoreProvider sound, StoreFlaw flaw) {
      this.sound = sound;
      this.flaw = flaw;
    }

    @Override
    public int spiVersion() {
      return SPI_VERSION;
    }

    @Override
    public String scheme() {
      return sound.scheme();
    }

    @Override
    public ContentStore open(Location source, Options options) throws IOException {
      try {
        return flaw.flawed(sound.open(source, options));
      } catch (GantryException e) {
        if (flaw.opensWhatIsNotThere()) {
          return new InMemoryStore();
        }
        throw e;
      }
    }
  }
}
