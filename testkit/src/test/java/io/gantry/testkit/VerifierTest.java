package io.gantry.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.gantry.api.GantryException;
import io.gantry.api.GantryException.Kind;
import io.gantry.api.check.Fault;
import io.gantry.api.check.Trail;
import io.gantry.api.check.UnreachableBlob;
import io.gantry.api.check.Verifier;
import io.gantry.api.check.VerifyReport;
import io.gantry.api.content.BlobReader;
import io.gantry.api.content.ContentStore;
import io.gantry.api.oci.Descriptor;
import io.gantry.api.oci.Digest;
import io.gantry.api.oci.DigestAlgorithm;
import io.gantry.api.oci.ImageDocument;
import io.gantry.api.oci.MediaTypes;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class VerifierTest {
  private static final String NAME = "docker.io/library/app:1";

  private final InMemoryStore store = new InMemoryStore();
  private final ImageFactory make = ImageFactory.into(store, 5);

  private static VerifyReport verify(ContentStore source) throws GantryException {
    return new Verifier(source).verify();
  }

  private byte[] bytes(Descriptor blob) {
    return store.content(blob.digest()).orElseThrow();
  }

  private void flip(Descriptor blob) {
    byte[] content = bytes(blob);
    content[content.length / 2] ^= 1;
    store.put(blob.digest(), content);
  }

  private static Trail by(Descriptor... documents) {
    return new Trail(Optional.of(NAME), Arrays.stream(documents).map(Descriptor::digest).toList());
  }

  @Test
  void findsNothingWrongWithSoundImagesOfAnyShape() throws IOException {
    for (int seed = 0; seed < 200; seed++) {
      InMemoryStore sound = new InMemoryStore();
      ImageFactory any = ImageFactory.into(sound, seed);
      any.offer(any.anything(), "app:1");
      any.offer(any.anything());
      VerifyReport report = verify(sound);
      assertThat(report.faults()).as(any.toString()).isEmpty();
      assertThat(report.sound()).isTrue();
      assertThat(report.images()).isEqualTo(2);
      assertThat(report.blobs()).isEqualTo(sound.digests().size());
    }
  }

  @Test
  void countsBlobsAndBytes() throws IOException {
    Descriptor shared = make.layer(1000);
    Descriptor one = make.offer(make.image(List.of(shared, shared)), "app:1");
    make.offer(one, "app:2");
    make.offer(make.image(List.of(shared)), "app:3");
    long bytes = 0;
    for (Digest digest : store.digests()) {
      bytes += store.content(digest).orElseThrow().length;
    }
    VerifyReport report = verify(store);
    assertThat(report.images()).isEqualTo(2);
    assertThat(report.blobs()).isEqualTo(5);
    assertThat(report.bytes()).isEqualTo(bytes);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 16})
  void tellsEveryFaultOfAnImageAndWhatNeedsTheBlob(int threads) throws IOException {
    Descriptor missing = make.layer(100);
    Descriptor cut = make.layer(200);
    Descriptor grown = make.layer(300);
    Descriptor altered = make.layer(400);
    Descriptor sound = make.layer(500);
    Descriptor manifest = make.image(List.of(missing, cut, grown, altered, sound));
    Descriptor index = make.index(make.on("linux/amd64", manifest));
    make.offer(index, "app:1");
    store.remove(missing.digest());
    store.put(cut.digest(), Arrays.copyOf(bytes(cut), 199));
    store.put(grown.digest(), Arrays.copyOf(bytes(grown), 301));
    flip(altered);

    VerifyReport report = new Verifier(store).parallel(threads).verify();

    assertThat(report.faults())
        .extracting(Fault::kind, Fault::blob)
        .containsExactly(
            tuple(Fault.Kind.MISSING, missing.digest()),
            tuple(Fault.Kind.SHORT, cut.digest()),
            tuple(Fault.Kind.LONG, grown.digest()),
            tuple(Fault.Kind.ALTERED, altered.digest()));
    assertThat(report.faults())
        .allSatisfy(fault -> assertThat(fault.trail()).hasValue(by(index, manifest)));
    assertThat(report.faults().get(1).toString())
        .isEqualTo(
            "%s: 200 bytes expected, 199 in the source; needed by %s > %s > %s"
                .formatted(cut.digest(), NAME, index.digest(), manifest.digest()));
    assertThat(report.sound()).isFalse();
  }

  @Test
  void goesOnBesideADocumentThatIsAltered() throws IOException {
    Descriptor layer = make.layer(10);
    Descriptor first = make.image(List.of(layer));
    Descriptor second = make.image(20);
    make.offer(make.index(first, second), "app:1");
    flip(first);
    flip(second);

    assertThat(verify(store).faults())
        .extracting(Fault::kind, Fault::blob)
        .containsExactly(
            tuple(Fault.Kind.ALTERED, first.digest()), tuple(Fault.Kind.ALTERED, second.digest()));
  }

  @Test
  void tellsOfDocumentsThatAreNone() throws IOException {
    Descriptor noJson = make.blob(MediaTypes.OCI_MANIFEST, "{");
    Descriptor confused =
        make.blob(
            MediaTypes.OCI_MANIFEST,
            "{\"schemaVersion\":2,\"mediaType\":\"" + MediaTypes.OCI_INDEX + "\",\"layers\":[]}");
    Descriptor huge = make.layer(MediaTypes.OCI_INDEX, ImageDocument.MAX_BYTES + 1);
    List.of(noJson, confused, huge).forEach(make::offer);

    List<Fault> faults = verify(store).faults();

    assertThat(faults).extracting(Fault::kind).containsOnly(Fault.Kind.INVALID);
    assertThat(faults)
        .extracting(Fault::blob)
        .containsExactly(noJson.digest(), confused.digest(), huge.digest());
    assertThat(faults.get(0).toString())
        .startsWith(noJson.digest() + ": not valid JSON: ")
        .endsWith("; needed by an entry without a name");
    assertThat(faults.get(1).detail()).contains(MediaTypes.OCI_INDEX, MediaTypes.OCI_MANIFEST);
    assertThat(faults.get(2).detail()).contains("4194305 bytes");
  }

  @Test
  void tellsOfEveryWrongEmbeddingAndGoesOnBelow() throws IOException {
    Descriptor config = make.blob(MediaTypes.OCI_EMPTY, "{}");
    Descriptor one = withData(make.layer(2), "e30=");
    Descriptor two = withData(make.layer(3), "no base64");
    Descriptor right = withData(config, "e30=");
    Descriptor manifest = make.manifest(right, List.of(one, two));
    make.offer(manifest, "app:1");
    flip(two);

    assertThat(verify(store).faults())
        .extracting(Fault::kind, Fault::blob)
        .containsExactly(
            tuple(Fault.Kind.EMBEDDED, manifest.digest()),
            tuple(Fault.Kind.EMBEDDED, manifest.digest()),
            tuple(Fault.Kind.ALTERED, two.digest()));
  }

  private static Descriptor withData(Descriptor blob, String data) {
    return new Descriptor(
        blob.mediaType(),
        blob.digest(),
        blob.size(),
        List.of(),
        Map.of(),
        Optional.of(data),
        Optional.empty(),
        Optional.empty(),
        Map.of());
  }

  @Test
  void tellsOfWhatCannotBeReadAndReadsTheRest() throws IOException {
    Descriptor broken = make.layer(100);
    Descriptor closed = make.layer(200);
    Descriptor altered = make.layer(300);
    make.offer(make.image(List.of(broken, closed, altered)), "app:1");
    flip(altered);
    ContentStore source =
        new FaultyStore(
            new FaultyStore(store, broken.digest(), BlobFault.failsAtRead(1)),
            closed.digest(),
            BlobFault.failsToOpen());

    List<Fault> faults = verify(source).faults();

    assertThat(faults)
        .extracting(Fault::kind)
        .containsExactly(Fault.Kind.UNREADABLE, Fault.Kind.UNREADABLE, Fault.Kind.ALTERED);
    assertThat(faults.get(0).detail()).isEqualTo("cannot be read: the source broke at read 1");
  }

  @Test
  void comparesEverySizeThatABlobIsDescribedWith() throws IOException {
    Descriptor layer = make.layer(100);
    Descriptor lie = Descriptor.of(layer.mediaType(), layer.digest(), 99);
    make.offer(make.image(List.of(layer)));
    Descriptor liar = make.offer(make.image(List.of(lie)), "app:1");

    List<Fault> faults = verify(store).faults();

    assertThat(faults).hasSize(1);
    assertThat(faults.get(0).kind()).isEqualTo(Fault.Kind.LONG);
    assertThat(faults.get(0).trail()).hasValue(by(liar));
    assertThat(faults.get(0).detail()).endsWith("which have this digest");
  }

  @Test
  void believesTheBytesAndNotTheSizeThatTheSourceTells() throws IOException {
    Descriptor layer = make.layer(100);
    make.offer(make.image(List.of(layer)), "app:1");
    ContentStore source = new FaultyStore(store, layer.digest(), BlobFault.hasSize(7));

    assertThat(verify(source).sound()).isTrue();
  }

  @Test
  void skipsLayersThatMayNotBeDistributed() throws IOException {
    Descriptor absent = make.absentLayer(ImageFactory.NON_DISTRIBUTABLE, 100);
    Descriptor altered = make.layer(ImageFactory.FOREIGN, 100);
    make.offer(make.image(List.of(absent, altered)), "app:1");
    flip(altered);

    VerifyReport report = verify(store);

    assertThat(report.skipped()).containsExactly(absent);
    assertThat(report.faults()).extracting(Fault::blob).containsExactly(altered.digest());
  }

  @Test
  void missesALayerThatMayBeAbsentInOneImageAndMayNotInAnother() throws IOException {
    Descriptor absent = make.absentLayer(ImageFactory.NON_DISTRIBUTABLE, 100);
    Descriptor needed = Descriptor.of(MediaTypes.OCI_LAYER_GZIP, absent.digest(), 100);
    make.offer(make.image(List.of(absent)));
    make.offer(make.image(List.of(needed)), "app:1");

    VerifyReport report = verify(store);

    assertThat(report.skipped()).isEmpty();
    assertThat(report.faults()).extracting(Fault::kind).containsExactly(Fault.Kind.MISSING);
    assertThat(report.faults().get(0).trail().orElseThrow().image()).hasValue(NAME);
  }

  @Test
  void tellsOfBlobsThatNoImageNeedsWithoutCallingThemAFault() throws IOException {
    make.offer(make.image(10), "app:1");
    Descriptor spare = make.layer(70);
    Descriptor sha512 = make.digestedBy(DigestAlgorithm.SHA512).layer(80);

    VerifyReport report = verify(store);

    assertThat(report.sound()).isTrue();
    assertThat(report.unreachable().orElseThrow())
        .containsExactly(
            new UnreachableBlob(spare.digest(), 70), new UnreachableBlob(sha512.digest(), 80));
  }

  @Test
  void callsAnAlteredBlobAFaultThoughNoImageNeedsIt() throws IOException {
    make.offer(make.image(10), "app:1");
    Descriptor spare = make.layer(70);
    flip(spare);

    List<Fault> faults = verify(store).faults();

    assertThat(faults).hasSize(1);
    assertThat(faults.get(0).kind()).isEqualTo(Fault.Kind.ALTERED);
    assertThat(faults.get(0).trail()).isEmpty();
    assertThat(faults.get(0).toString()).endsWith("; no image needs this blob");
  }

  @Test
  void forgetsABlobThatSomebodyRemovesBeforeItIsRead() throws IOException {
    make.offer(make.image(10), "app:1");
    Descriptor spare = make.layer(70);
    List<Digest> held = store.digests();
    store.remove(spare.digest());
    ContentStore source =
        new Watched(store) {
          @Override
          public Optional<List<Digest>> blobs() {
            return Optional.of(held);
          }
        };

    VerifyReport report = verify(source);

    assertThat(report.sound()).isTrue();
    assertThat(report.unreachable()).hasValue(List.of());
  }

  @Test
  void looksForNoOtherBlobsWhenSomeImagesAreVerified() throws IOException {
    Descriptor one = make.image(10);
    make.offer(make.image(20));
    flip(make.layer(30));

    VerifyReport report = new Verifier(store).verify(List.of(one));

    assertThat(report.sound()).isTrue();
    assertThat(report.blobs()).isEqualTo(3);
    assertThat(report.unreachable()).isEmpty();
  }

  @Test
  void doesWithoutAListOfBlobs() throws IOException {
    make.offer(make.image(10), "app:1");
    ContentStore source =
        new Watched(store) {
          @Override
          public Optional<List<Digest>> blobs() {
            return Optional.empty();
          }
        };

    assertThat(verify(source).unreachable()).isEmpty();
  }

  @Test
  void readsEachBlobOnceHoweverOftenItIsReached() throws IOException {
    Descriptor shared = make.layer(1000);
    Descriptor image = make.image(List.of(shared, shared));
    make.offer(make.index(image, image, make.image(List.of(shared))), "app:1");
    make.offer(image, "app:2");
    make.offer(image, "app:3");
    make.layer(5);
    Watched watched = new Watched(store);

    verify(watched);

    assertThat(watched.opened.values()).containsOnly(1);
    assertThat(watched.opened).hasSize(store.digests().size());
  }

  @Test
  void hashesBlobsSideBySide() throws IOException {
    List<Descriptor> layers = List.of(make.layer(10), make.layer(20), make.layer(30));
    make.offer(make.image(layers), "app:1");
    CyclicBarrier together = new CyclicBarrier(3);
    ContentStore source =
        new Watched(store) {
          @Override
          public BlobReader open(Descriptor blob) throws IOException {
            if (layers.stream().anyMatch(layer -> layer.digest().equals(blob.digest()))) {
              try {
                together.await(30, TimeUnit.SECONDS);
              } catch (Exception e) {
                throw new IOException("alone", e);
              }
            }
            return super.open(blob);
          }
        };

    assertThat(new Verifier(source).parallel(3).verify().faults()).isEmpty();
  }

  @Test
  void callsImagesThatAreNestedTooDeepInvalidAndGoesOn() throws IOException {
    Descriptor nested = make.image(10);
    for (int i = 0; i < 40; i++) {
      nested = make.index(nested);
    }
    make.offer(nested, "app:1");
    Descriptor altered = make.layer(20);
    make.offer(make.image(List.of(altered)), "app:2");
    flip(altered);

    List<Fault> faults = verify(store).faults();

    assertThat(faults)
        .extracting(Fault::kind)
        .containsExactly(Fault.Kind.INVALID, Fault.Kind.ALTERED);
    assertThat(faults.get(0).detail()).isEqualTo("nested more than 32 deep");
  }

  @Test
  void refusesMoreBlobsThanAReportCanHold() {
    List<Descriptor> leaves = new ArrayList<>();
    for (int i = 0; i < 250_001; i++) {
      leaves.add(Descriptor.of("a/b", make.unusedDigest(), 1));
    }
    assertThatThrownBy(() -> new Verifier(store).verify(leaves))
        .isInstanceOfSatisfying(
            GantryException.class, e -> assertThat(e.kind()).isEqualTo(Kind.SOURCE_FAILED))
        .hasMessageContaining("more than 250000 blobs");
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 4})
  void stopsWhenItIsInterrupted(int threads) throws Exception {
    Descriptor endless = make.layer(100);
    make.offer(make.image(List.of(endless)), "app:1");
    CountDownLatch reached = new CountDownLatch(1);
    ContentStore source = new FaultyStore(store, endless.digest(), BlobFault.blocks(reached));
    AtomicReference<Kind> kind = new AtomicReference<>();
    Thread verifying =
        new Thread(
            () -> {
              try {
                new Verifier(source).parallel(threads).verify();
              } catch (GantryException e) {
                kind.set(e.kind());
              }
            });
    verifying.start();
    reached.await();
    verifying.interrupt();
    verifying.join();
    assertThat(kind).hasValue(Kind.INTERRUPTED);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 4})
  void passesOnWhatAStoreShouldNotThrow(int threads) {
    make.offer(make.image(100), "app:1");
    ContentStore source =
        new FaultyStore(
            store,
            reader -> {
              throw new IllegalStateException("a bug");
            });
    assertThatThrownBy(() -> new Verifier(source).parallel(threads).verify())
        .isInstanceOf(IllegalStateException.class);
  }

  /** Counts how often each blob is opened. */
  private static class Watched implements ContentStore {
    private final ContentStore within;
    private final Map<Digest, Integer> opened = new ConcurrentHashMap<>();

    Watched(ContentStore within) {
      this.within = within;
    }

    @Override
    public List<Descriptor> roots() throws IOException {
      return within.roots();
    }

    @Override
    public Descriptor resolve(Digest digest) throws IOException {
      return within.resolve(digest);
    }

    @Override
    public BlobReader open(Descriptor blob) throws IOException {
      opened.merge(blob.digest(), 1, Integer::sum);
      return within.open(blob);
    }

    @Override
    public Optional<List<Digest>> blobs() throws IOException {
      return within.blobs();
    }

    @Override
    public void close() throws IOException {
      within.close();
    }
  }
}
