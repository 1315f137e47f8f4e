package io.gantry.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.gantry.api.GantryException;
import io.gantry.api.GantryException.Kind;
import io.gantry.api.content.BlobReader;
import io.gantry.api.content.ContentStore;
import io.gantry.api.content.ContentStoreProvider;
import io.gantry.api.oci.Descriptor;
import io.gantry.api.oci.Digest;
import io.gantry.api.oci.DigestAlgorithm;
import io.gantry.api.oci.ImageDocument;
import io.gantry.api.oci.MediaTypes;
import io.gantry.api.provider.Location;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/**
 * The rules that every content store keeps, as tests whose names begin with the number of the rule.
 * A store's own test extends this class and says how to lay down a source:
 *
 * <pre>{@code
 * class ZipStoreTest extends ContentStoreContract {
 *   protected ContentStoreProvider provider() {
 *     return new ZipStoreProvider();
 *   }
 *
 *   protected Location newSource(InMemoryStore content, Path folder) throws IOException {
 *     Path file = zip(OciLayout.files(content), folder.resolve("image.zip"));
 *     return Location.parse("zip:" + file);
 *   }
 * }
 * }</pre>
 *
 * <table>
 * <caption>The rules</caption>
 * <tr><th>L1 to L5, O1 to O4</th><td>As {@link ImageDriverContract} has them, for the provider of
 *   the store.</td></tr>
 * <tr><th>S1</th><td>{@code roots} are the images that the source offers, in their order and with
 *   their annotations; none where names are not kept.</td></tr>
 * <tr><th>S2</th><td>{@code open} gives the size and the bytes of a blob of any size and
 *   algorithm.</td></tr>
 * <tr><th>S3</th><td>Ranges may be read in any order and again.</td></tr>
 * <tr><th>S4</th><td>A read at or beyond the end returns -1.</td></tr>
 * <tr><th>S5</th><td>A read fills any kind of buffer from its position to its limit at most, and
 *   nothing else of it.</td></tr>
 * <tr><th>S6</th><td>Several threads may read from one reader.</td></tr>
 * <tr><th>S7</th><td>An absent blob is {@code NOT_FOUND}, by its digest.</td></tr>
 * <tr><th>S8</th><td>{@code resolve} describes manifests and indexes, OCI and Docker.</td></tr>
 * <tr><th>S9</th><td>{@code resolve} of an absent digest is {@code NOT_FOUND}.</td></tr>
 * <tr><th>S10</th><td>{@code resolve} of anything else is {@code INVALID_IMAGE}, and so is one that
 *   is too large to be a manifest.</td></tr>
 * <tr><th>S11</th><td>{@code resolve} of altered content is {@code CONTENT_MISMATCH}.</td></tr>
 * <tr><th>S12</th><td>Readers and stores may be closed twice; one reader's end is not another's.
 *   </td></tr>
 * <tr><th>S13</th><td>The size and bytes that a reader gives are the stored ones, whatever the
 *   descriptor says: to compare is the export's part.</td></tr>
 * <tr><th>S14</th><td>A source where nothing is, is {@code NOT_FOUND}.</td></tr>
 * <tr><th>S15</th><td>{@code blobs} lists each blob that the store holds once, whether an image
 *   needs it or not, and nothing else; or it tells nothing.</td></tr>
 * </table>
 */
public abstract class ContentStoreContract extends ProviderContract<ContentStoreProvider> {
  private static final int THREADS = 8;
  private static final String OPAQUE = "application/octet-stream";

  private final InMemoryStore content = new InMemoryStore();
  private final ImageFactory make = ImageFactory.into(content, 7);
  private int folders;

  /** For the store's own test. */
  protected ContentStoreContract() {
    super(ContentStoreProvider.class);
  }

  /** Returns the provider under test; called any number of times. */
  protected abstract ContentStoreProvider provider();

  /**
   * Lays down a source.
   *
   * @param content the roots and blobs; some are not what their digest says, and are to be laid
   *     down all the same
   * @param folder an empty folder, which is the source's alone and removed after the test
   */
  protected abstract Location newSource(InMemoryStore content, Path folder) throws IOException;

  /** Returns whether the source can keep roots at all; true by default. */
  protected boolean keepsNames() {
    return true;
  }

  /**
   * Returns a source where nothing is, for S14. None by default.
   *
   * @param folder an empty folder, which is removed after the test
   */
  protected Optional<Location> absentSource(Path folder) throws IOException {
    return Optional.empty();
  }

  @Override
  final ContentStoreProvider providerUnderTest() {
    return provider();
  }

  @Override
  final ServiceLoader<ContentStoreProvider> servicesSeenBy(ClassLoader loader) {
    return ServiceLoader.load(ContentStoreProvider.class, loader);
  }

  @Override
  final void exercise(ContentStoreProvider provider) throws IOException {
    Descriptor image = make.offer(make.image(700), "app:1");
    try (ContentStore store = provider.open(source(), defaults(provider))) {
      store.roots();
      store.resolve(image.digest());
      try (BlobReader reader = store.open(image)) {
        reader.read(ByteBuffer.allocate(100), 0);
      }
    } catch (GantryException e) {
      // What lives in the memory of a provider is not there for its twin in another class loader.
      boolean twin = provider.getClass() != provider().getClass();
      if (!twin || e.kind() != Kind.NOT_FOUND) {
        throw e;
      }
    }
  }

  private Path folder() throws IOException {
    return Files.createDirectory(scratch.resolve("source-" + folders++));
  }

  private Location source() throws IOException {
    return newSource(content, folder());
  }

  private ContentStore open() throws IOException {
    ContentStoreProvider provider = provider();
    return provider.open(source(), defaults(provider));
  }

  private byte[] bytesOf(Descriptor blob) {
    return content.content(blob.digest()).orElseThrow();
  }

  private static byte[] read(BlobReader reader, long position, int length) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(length);
    while (bytes.hasRemaining()) {
      int count = reader.read(bytes, position + bytes.position());
      assertThat(count).as("bytes read into a buffer that has space").isNotZero();
      if (count < 0) {
        break;
      }
    }
    return Arrays.copyOf(bytes.array(), bytes.position());
  }

  private static void assertRefused(Kind kind, Digest named, ThrowingCallable call) {
    assertThatExceptionOfType(GantryException.class)
        .isThrownBy(call)
        .withMessageContaining(named.toString())
        .extracting(GantryException::kind)
        .isEqualTo(kind);
  }

  @Test
  final void s1RootsAreThoseOfTheSource() throws IOException {
    Descriptor image = make.image(700);
    make.offer(image, "registry.example.com/app:1");
    make.offer(make.index(make.on("linux/arm64", image)));
    make.offer(image, "2");
    try (ContentStore store = open()) {
      assertThat(store.roots()).isEqualTo(keepsNames() ? content.roots() : List.of());
    }
  }

  @Test
  final void s2OpenGivesSizeAndBytes() throws IOException {
    List<Descriptor> blobs = new ArrayList<>();
    for (int size : new int[] {0, 1, 511, 512, 513, 262_143, 262_144, 262_145}) {
      blobs.add(make.layer(size));
      blobs.add(make.digestedBy(DigestAlgorithm.SHA512).layer(size));
    }
    try (ContentStore store = open()) {
      for (Descriptor blob : blobs) {
        try (BlobReader reader = store.open(blob)) {
          assertThat(reader.size()).isEqualTo(blob.size());
          assertThat(Arrays.equals(read(reader, 0, (int) blob.size() + 1), bytesOf(blob)))
              .as("the bytes of %s", blob.digest())
              .isTrue();
        }
        try (BlobReader reader = store.open(blob)) {
          assertThat(reader.digest(blob.digest().algorithm())).isEqualTo(blob.digest());
        }
      }
    }
  }

  @Test
  final void s3RangesAreReadInAnyOrder() throws IOException {
    Descriptor blob = make.layer(5000);
    try (ContentStore store = open();
        BlobReader reader = store.open(blob)) {
      for (int position : new int[] {4000, 0, 4999, 1, 2500, 2500, 0}) {
        int end = Math.min(5000, position + 1000);
        assertThat(read(reader, position, end - position))
            .as("bytes from %d", position)
            .isEqualTo(Arrays.copyOfRange(bytesOf(blob), position, end));
      }
    }
  }

  @Test
  final void s4ReadAtTheEndReturnsMinusOne() throws IOException {
    Descriptor blob = make.layer(100);
    Descriptor empty = make.layer(0);
    try (ContentStore store = open();
        BlobReader reader = store.open(blob);
        BlobReader nothing = store.open(empty)) {
      assertThat(reader.read(ByteBuffer.allocate(10), 100)).isEqualTo(-1);
      assertThat(reader.read(ByteBuffer.allocate(10), 1L << 40)).isEqualTo(-1);
      assertThat(nothing.read(ByteBuffer.allocate(10), 0)).isEqualTo(-1);
    }
  }

  @Test
  final void s5BuffersAreFilledFromPositionToLimit() throws IOException {
    Descriptor blob = make.layer(1000);
    try (ContentStore store = open();
        BlobReader reader = store.open(blob)) {
      for (ByteBuffer buffer :
          List.of(
              ByteBuffer.allocate(64),
              ByteBuffer.allocateDirect(64),
              ByteBuffer.allocate(96).position(16).slice().limit(64).slice())) {
        buffer.position(8).limit(40);
        int count = reader.read(buffer, 500);
        assertThat(count).isBetween(1, 32);
        assertThat(buffer.position()).isEqualTo(8 + count);
        assertThat(buffer.limit()).isEqualTo(40);
        byte[] all = new byte[64];
        buffer.clear().get(all);
        byte[] expected = new byte[64];
        System.arraycopy(bytesOf(blob), 500, expected, 8, count);
        assertThat(all).isEqualTo(expected);
      }
      assertThat(reader.read(ByteBuffer.allocate(0), 500)).as("read into no space").isZero();
    }
  }

  @Test
  final void s6ThreadsShareAReader() throws Exception {
    Descriptor blob = make.layer(400_000);
    byte[] expected = bytesOf(blob);
    CyclicBarrier together = new CyclicBarrier(THREADS);
    ExecutorService threads = Executors.newFixedThreadPool(THREADS);
    try (ContentStore store = open();
        BlobReader reader = store.open(blob)) {
      List<Future<Boolean>> running = new ArrayList<>();
      for (int i = 0; i < THREADS; i++) {
        int start = i * 1000;
        running.add(
            threads.submit(
                () -> {
                  together.await(1, TimeUnit.MINUTES);
                  for (int at = start; at < expected.length; at += 7777) {
                    int end = Math.min(expected.length, at + 5000);
                    if (!Arrays.equals(
                        read(reader, at, end - at), Arrays.copyOfRange(expected, at, end))) {
                      return false;
                    }
                  }
                  return true;
                }));
      }
      for (Future<Boolean> right : running) {
        assertThat(right.get()).isTrue();
      }
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  final void s7AbsentBlobIsNotFound() throws IOException {
    make.offer(make.image(700), "app:1");
    Descriptor absent = Descriptor.of(OPAQUE, make.unusedDigest(), 5);
    try (ContentStore store = open()) {
      assertRefused(Kind.NOT_FOUND, absent.digest(), () -> store.open(absent).close());
    }
  }

  @Test
  final void s8ResolveDescribesManifestsAndIndexes() throws IOException {
    Descriptor manifest = make.image(700);
    Descriptor docker = make.dockerTypes().image(700);
    Descriptor sha512 = make.digestedBy(DigestAlgorithm.SHA512).image(700);
    Descriptor untyped = make.blob(MediaTypes.OCI_INDEX, "{\"schemaVersion\":2,\"manifests\":[]}");
    List<Descriptor> documents =
        List.of(
            manifest,
            docker,
            sha512,
            untyped,
            make.index(manifest),
            make.dockerTypes().index(docker));
    try (ContentStore store = open()) {
      for (Descriptor document : documents) {
        Descriptor resolved = store.resolve(document.digest());
        assertThat(resolved).isEqualTo(document);
      }
    }
  }

  @Test
  final void s9ResolveOfAbsentDigestIsNotFound() throws IOException {
    make.offer(make.image(700), "app:1");
    Digest absent = make.unusedDigest();
    try (ContentStore store = open()) {
      assertRefused(Kind.NOT_FOUND, absent, () -> store.resolve(absent));
    }
  }

  @Test
  final void s10ResolveOfSomethingElseIsInvalid() throws IOException {
    Descriptor layer = make.layer(700);
    Descriptor config = make.blob(MediaTypes.OCI_CONFIG, "{\"os\":\"linux\"}");
    Descriptor large = make.layer(ImageDocument.MAX_BYTES + 1);
    try (ContentStore store = open()) {
      for (Descriptor other : List.of(layer, config, large)) {
        assertRefused(Kind.INVALID_IMAGE, other.digest(), () -> store.resolve(other.digest()));
      }
    }
  }

  @Test
  final void s11ResolveOfAlteredContentIsAMismatch() throws IOException {
    Descriptor image = make.image(700);
    byte[] altered =
        new String(bytesOf(image), StandardCharsets.UTF_8)
            .replace("made", "mode")
            .getBytes(StandardCharsets.UTF_8);
    content.put(image.digest(), altered);
    try (ContentStore store = open()) {
      assertRefused(Kind.CONTENT_MISMATCH, image.digest(), () -> store.resolve(image.digest()));
    }
  }

  @Test
  final void s12CloseMayBeCalledTwice() throws IOException {
    Descriptor blob = make.layer(1000);
    ContentStore store = open();
    try (store) {
      BlobReader first = store.open(blob);
      try (BlobReader second = store.open(blob)) {
        first.close();
        first.close();
        assertThat(read(second, 0, 1000)).isEqualTo(bytesOf(blob));
      }
    }
    store.close();
  }

  @Test
  final void s13ReadersTellWhatIsStored() throws IOException {
    Descriptor blob = make.layer(1000);
    byte[] other = Arrays.copyOf(bytesOf(blob), 900);
    other[5] ^= 1;
    content.put(blob.digest(), other);
    try (ContentStore store = open();
        BlobReader reader = store.open(blob)) {
      assertThat(reader.size()).isEqualTo(900);
      assertThat(read(reader, 0, 1000)).isEqualTo(other);
    }
  }

  @Test
  final void s14AbsentSourceIsNotFound() throws IOException {
    Optional<Location> absent = absentSource(folder());
    assumeTrue(absent.isPresent(), "the kit was given no source that is absent");
    ContentStoreProvider provider = provider();
    assertThatExceptionOfType(GantryException.class)
        .isThrownBy(() -> provider.open(absent.get(), defaults(provider)).close())
        .withMessageContaining(absent.get().path())
        .extracting(GantryException::kind)
        .isEqualTo(Kind.NOT_FOUND);
  }

  @Test
  final void s15BlobsListsWhatTheStoreHolds() throws IOException {
    Descriptor layer = make.layer(300);
    make.offer(make.image(List.of(layer, layer)), "app:1");
    make.offer(make.digestedBy(DigestAlgorithm.SHA512).image(0), "app:2");
    make.absentLayer(OPAQUE, 5);
    make.layer(ImageDocument.MAX_BYTES + 1);
    content.put(make.layer(900).digest(), new byte[] {1});
    try (ContentStore store = open()) {
      Optional<List<Digest>> blobs = store.blobs();
      assumeTrue(blobs.isPresent(), "the store does not tell what it holds");
      assertThat(blobs.get()).containsExactlyInAnyOrderElementsOf(content.digests());
    }
  }
}
