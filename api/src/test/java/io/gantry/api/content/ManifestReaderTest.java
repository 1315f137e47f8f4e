package io.gantry.api.content;

import static io.gantry.api.FailureAssert.assertFailure;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.gantry.api.GantryException.Kind;
import io.gantry.api.oci.Descriptor;
import io.gantry.api.oci.Digest;
import io.gantry.api.oci.DigestAlgorithm;
import io.gantry.api.oci.ImageDocument;
import io.gantry.api.oci.MediaTypes;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class ManifestReaderTest {
  private static final byte[] MANIFEST =
      "{\"schemaVersion\":2,\"config\":{},\"layers\":[]}".getBytes(UTF_8);

  @ParameterizedTest
  @ValueSource(ints = {1, 7, Integer.MAX_VALUE})
  void readsAllHoweverShortTheReads(int chunk) throws IOException {
    var store = new OneBlobStore(ByteReader.of(MANIFEST).inChunksOf(chunk));

    assertThat(ManifestReader.read(store, descriptorOf(MANIFEST))).isEqualTo(MANIFEST);
    assertThat(store.open).hasValue(0);
  }

  @ParameterizedTest
  @EnumSource
  void verifiesByTheAlgorithmOfTheDigest(DigestAlgorithm algorithm) throws IOException {
    Descriptor descriptor = Descriptor.of(MediaTypes.OCI_MANIFEST, algorithm, MANIFEST);

    assertThat(ManifestReader.read(new OneBlobStore(ByteReader.of(MANIFEST)), descriptor))
        .isEqualTo(MANIFEST);
  }

  @Test
  void readsAManifestAsLargeAsOneMayBe() throws IOException {
    byte[] content = new byte[ImageDocument.MAX_BYTES];

    assertThat(ManifestReader.read(new OneBlobStore(ByteReader.of(content)), descriptorOf(content)))
        .hasSize(ImageDocument.MAX_BYTES);
  }

  @ParameterizedTest
  @ValueSource(longs = {ImageDocument.MAX_BYTES + 1, 1L << 40, Long.MAX_VALUE})
  void refusesALargerOneBeforeItIsOpened(long size) {
    Descriptor descriptor = Descriptor.of(MediaTypes.OCI_MANIFEST, digestOf(MANIFEST), size);
    var store = new OneBlobStore(ByteReader.of(MANIFEST));

    assertFailure(Kind.INVALID_IMAGE, () -> ManifestReader.read(store, descriptor))
        .hasMessage(
            "blob %s: %d bytes are more than the 4194304 that are read of a manifest, index or config",
            descriptor.digest(), size);
    assertThat(store.opened).hasValue(0);
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, 1})
  void refusesABlobOfAnotherSize(int difference) {
    long size = (long) MANIFEST.length + difference;
    Descriptor descriptor = Descriptor.of(MediaTypes.OCI_MANIFEST, digestOf(MANIFEST), size);
    var store = new OneBlobStore(ByteReader.of(MANIFEST));

    assertFailure(Kind.CONTENT_MISMATCH, () -> ManifestReader.read(store, descriptor))
        .hasMessage(
            "blob %s: %d bytes expected, %d in the source; fetch the image again",
            descriptor.digest(), size, MANIFEST.length);
    assertThat(store.open).hasValue(0);
  }

  @Test
  void refusesAFlippedBit() {
    byte[] flipped = MANIFEST.clone();
    flipped[5] ^= 1;
    var store = new OneBlobStore(ByteReader.of(flipped));

    assertFailure(Kind.CONTENT_MISMATCH, () -> ManifestReader.read(store, descriptorOf(MANIFEST)))
        .hasMessage(
            "blob %s: its content has the digest %s; fetch the image again",
            digestOf(MANIFEST), digestOf(flipped));
    assertThat(store.open).hasValue(0);
  }

  @Test
  void refusesABlobThatEndsBeforeItsSize() {
    byte[] cut = Arrays.copyOf(MANIFEST, 10);
    var store = new OneBlobStore(ByteReader.of(cut).claiming(MANIFEST.length));

    assertFailure(Kind.CONTENT_MISMATCH, () -> ManifestReader.read(store, descriptorOf(MANIFEST)))
        .hasMessage(
            "blob %s: ended after 10 of %d bytes; fetch the image again",
            digestOf(MANIFEST), MANIFEST.length);
  }

  @Test
  @Timeout(value = 20, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void doesNotWaitForAReaderThatGivesNothing() {
    var store = new OneBlobStore(ByteReader.of(MANIFEST).inChunksOf(0));

    assertFailure(Kind.CONTENT_MISMATCH, () -> ManifestReader.read(store, descriptorOf(MANIFEST)))
        .hasMessageContaining("ended after 0 of");
    assertThat(store.open).hasValue(0);
  }

  @Test
  void describesAManifestByItsDigest() throws IOException {
    assertThat(ManifestReader.describe(digestOf(MANIFEST), ByteReader.of(MANIFEST)))
        .isEqualTo(descriptorOf(MANIFEST));
  }

  @Test
  void describesOnlyContentOfTheDigest() {
    byte[] other = "{\"schemaVersion\":2,\"manifests\":[]}".getBytes(UTF_8);

    assertFailure(
            Kind.CONTENT_MISMATCH,
            () -> ManifestReader.describe(digestOf(MANIFEST), ByteReader.of(other)))
        .hasMessageContaining(digestOf(other).toString());
  }

  @Test
  void describesNoLayer() {
    byte[] layer = {0x1f, (byte) 0x8b, 8, 0};

    assertFailure(
            Kind.INVALID_IMAGE,
            () -> ManifestReader.describe(digestOf(layer), ByteReader.of(layer)))
        .hasMessageStartingWith("blob " + digestOf(layer) + ": not valid JSON");
  }

  @Test
  void describesNothingThatIsTooLargeForAManifest() {
    ByteReader huge = ByteReader.of(MANIFEST).claiming(1L << 40);

    assertFailure(Kind.INVALID_IMAGE, () -> ManifestReader.describe(digestOf(MANIFEST), huge))
        .hasMessageContaining("1099511627776 bytes are more than");
  }

  private static Digest digestOf(byte[] content) {
    return Digest.of(DigestAlgorithm.SHA256, content);
  }

  private static Descriptor descriptorOf(byte[] content) {
    return Descriptor.of(MediaTypes.OCI_MANIFEST, DigestAlgorithm.SHA256, content);
  }

  /** Answers every question with one blob, and counts how often and what is still open. */
  private static final class OneBlobStore implements ContentStore {
    final AtomicInteger opened = new AtomicInteger();
    final AtomicInteger open = new AtomicInteger();
    private final BlobReader blob;

    OneBlobStore(BlobReader blob) {
      this.blob = blob;
    }

    @Override
    public List<Descriptor> roots() {
      return List.of();
    }

    @Override
    public Descriptor resolve(Digest digest) throws IOException {
      return ManifestReader.describe(digest, blob);
    }

    @Override
    public BlobReader open(Descriptor descriptor) {
      opened.incrementAndGet();
      open.incrementAndGet();
      return new BlobReader() {
        @Override
        public long size() throws IOException {
          return blob.size();
        }

        @Override
        public int read(ByteBuffer dst, long position) throws IOException {
          return blob.read(dst, position);
        }

        @Override
        public void close() {
          open.decrementAndGet();
        }
      };
    }

    @Override
    public void close() {}
  }
}
