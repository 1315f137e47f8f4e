package io.gantry.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.gantry.api.GantryException;
import io.gantry.api.GantryException.Kind;
import io.gantry.api.driver.ImageDriver;
import io.gantry.api.driver.ImageDriverProvider;
import io.gantry.api.layout.Layout;
import io.gantry.api.layout.PruneOptions;
import io.gantry.api.layout.PruneReport;
import io.gantry.api.layout.Removal;
import io.gantry.api.layout.StoredBlob;
import io.gantry.api.oci.Descriptor;
import io.gantry.api.oci.Digest;
import io.gantry.api.provider.Location;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The rules P of {@link ImageDriverContract}: for drivers whose targets can be looked after. */
abstract class LayoutRules extends BlobRules {
  private static final PruneOptions AT_ONCE = new PruneOptions(Duration.ZERO, false);

  @Test
  final void p1ATargetWhereNothingIsIsNotFound() throws IOException {
    Location target = target();
    assumeLayouts(target);
    assertThatExceptionOfType(GantryException.class)
        .isThrownBy(() -> layout(target).close())
        .withMessageContaining(nameOf(target))
        .extracting(GantryException::kind)
        .isEqualTo(Kind.NOT_FOUND);
  }

  @Test
  final void p2RemoveTakesTheEntryAndNothingElse() throws IOException {
    Location target = target();
    assumeLayouts(target);
    Cargo first = Cargo.named("app:1", 700);
    Cargo second = Cargo.named("app:2", 900);
    publish(first, target, false);
    publish(second, target, false);
    try (Layout layout = layout(target)) {
      assertThat(layout.remove(named("app:1")))
          .as("what remove says that it took")
          .isEqualTo(entriesOf(first));
    }
    assertPublished(target, second);
    assertBytes(target, first);
    assertBytes(target, second);
  }

  @Test
  final void p3RemoveTakesAllOrNothing() throws IOException {
    Location target = target();
    assumeLayouts(target);
    Cargo cargo = Cargo.named("app:1", 700);
    publish(cargo, target, false);
    try (Layout layout = layout(target)) {
      assertThatExceptionOfType(GantryException.class)
          .isThrownBy(() -> layout.remove(named("app:1", "app:absent")))
          .withMessageContaining("app:absent")
          .extracting(GantryException::kind)
          .isEqualTo(Kind.NOT_FOUND);
    }
    assertPublished(target, cargo);
  }

  @Test
  final void p4PruneRemovesWhatNoEntryLeadsTo() throws IOException {
    Location target = target();
    assumeLayouts(target);
    Cargo needed = Cargo.named("app:1", 700);
    Cargo unneeded = Cargo.named("app:2", 900);
    publish(needed, target, false);
    remove(unneeded, "app:2", target);
    try (Layout layout = layout(target)) {
      PruneReport report = layout.prune(AT_ONCE);
      assertThat(report.removed()).as("blobs removed").isEqualTo(storedBlobs(unneeded));
      assertThat(report.kept()).as("blobs kept").isEqualTo(needed.blobs().size());
      assertThat(layout.prune(AT_ONCE).removed()).as("blobs removed by another prune").isEmpty();
    }
    assertBlobs(target, needed);
    assertPublished(target, needed);
    assertBytes(target, needed);
    publish(unneeded, target, false);
    assertBytes(target, unneeded);
  }

  @Test
  final void p5ADryRunChangesNothing() throws IOException {
    Location target = target();
    assumeLayouts(target);
    Cargo needed = Cargo.named("app:1", 700);
    Cargo unneeded = Cargo.named("app:2", 900);
    publish(needed, target, false);
    remove(unneeded, "app:2", target);
    try (Layout layout = layout(target)) {
      assertThat(layout.prune(new PruneOptions(Duration.ZERO, true)).removed())
          .as("blobs that would be removed")
          .isEqualTo(storedBlobs(unneeded));
    }
    assertBlobs(target, needed, unneeded);
  }

  @Test
  final void p6YoungBlobsStay() throws IOException {
    Location target = target();
    assumeLayouts(target);
    Cargo needed = Cargo.named("app:1", 700);
    Cargo unneeded = Cargo.named("app:2", 900);
    publish(needed, target, false);
    remove(unneeded, "app:2", target);
    try (Layout layout = layout(target)) {
      PruneReport report = layout.prune(PruneOptions.DEFAULT);
      assertThat(report.removed()).as("blobs removed within the grace").isEmpty();
      assertThat(report.young()).as("young blobs").isEqualTo(storedBlobs(unneeded));
    }
    assertBlobs(target, needed, unneeded);
  }

  @Test
  final void p7InDoubtNoBlobIsRemoved() throws IOException {
    Location target = target();
    assumeLayouts(target);
    Cargo needed = Cargo.named("app:1", 700);
    Cargo unneeded = Cargo.named("app:2", 900);
    publish(needed, target, false);
    remove(unneeded, "app:2", target);
    assumeTrue(
        damage(target, entriesOf(needed).get(0).digest()),
        "the kit was given no way to damage a blob");
    try (Layout layout = layout(target)) {
      assertThatExceptionOfType(GantryException.class).isThrownBy(() -> layout.prune(AT_ONCE));
    }
    assertBlobs(target, needed, unneeded);
  }

  @Test
  final void p8PruneTakesNothingFromAnExportAtWork() throws IOException {
    Location target = target();
    assumeLayouts(target);
    Cargo other = Cargo.named("app:1", 700);
    Cargo cargo = Cargo.named("app:2", 900);
    publish(other, target, false);
    remove(cargo, "app:2", target);
    // What nothing needs now is what the export relies on.
    try (ImageDriver driver = open(target);
        Layout layout = layout(target)) {
      driver.init(cargo.init(false));
      cargo.writeTo(driver);
      try {
        layout.prune(AT_ONCE);
      } catch (GantryException refused) {
        assertThat(refused.kind()).as("the kind of a refusal").isEqualTo(Kind.TARGET_FAILED);
      }
      driver.writeIndex(cargo.plan().index());
    }
    assertBytes(target, cargo);
  }

  /** Publishes an image and takes its name away, so that nothing needs its blobs. */
  private void remove(Cargo cargo, String name, Location target) throws IOException {
    publish(cargo, target, false);
    try (Layout layout = layout(target)) {
      layout.remove(named(name));
    }
  }

  private Layout layout(Location target) throws IOException {
    ImageDriverProvider provider = provider();
    return provider.openLayout(target, defaults(provider));
  }

  private void assumeLayouts(Location target) throws IOException {
    boolean edited = true;
    try {
      layout(target).close();
    } catch (GantryException e) {
      edited = e.kind() != Kind.INVALID_ARGUMENT;
    }
    assumeTrue(edited, "the driver's targets cannot be edited");
  }

  private static Removal named(String... names) {
    return new Removal(List.of(names), List.of());
  }

  private static List<Descriptor> entriesOf(Cargo cargo) {
    return cargo.plan().index().manifests();
  }

  private static List<StoredBlob> storedBlobs(Cargo cargo) {
    return cargo.blobs().stream().map(blob -> new StoredBlob(blob.digest(), blob.size())).toList();
  }

  private void assertBlobs(Location target, Cargo... cargoes) throws IOException {
    List<Digest> expected = new ArrayList<>();
    Stream.of(cargoes).forEach(cargo -> cargo.blobs().forEach(blob -> expected.add(blob.digest())));
    assertThat(readBack(target).digests())
        .as("blobs in %s", target)
        .containsExactlyInAnyOrderElementsOf(expected);
  }
}
