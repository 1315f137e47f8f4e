package io.gantry.driver.tar;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.gantry.api.content.BlobReader;
import io.gantry.api.content.ContentStore;
import io.gantry.api.oci.Descriptor;
import io.gantry.api.oci.Digest;
import io.gantry.api.oci.DigestAlgorithm;
import io.gantry.api.provider.Location;
import io.gantry.api.provider.Options;
import io.gantry.driver.tar.ArchiveBuilder.Header;
import io.gantry.testkit.ImageFactory;
import io.gantry.testkit.InMemoryStore;
import io.gantry.testkit.OciLayout;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.UnaryOperator;

/** Two images, the files of their layout, and what has to come out again. */
record ArchiveFixture(InMemoryStore content, Map<String, byte[]> files) {
  /** A member more, in the place of a blob. */
  static final String BLOB =
      "blobs/sha256/abababababababababababababababababababababababababababababababab";

  static final Digest BLOB_DIGEST = Digest.parse("sha256:" + "ab".repeat(32));

  static final byte[] SOME = {1, 2, 3};

  ArchiveFixture() {
    this(new InMemoryStore(), new LinkedHashMap<>());
    ImageFactory make = ImageFactory.into(content, 3);
    make.offer(make.image(10, 700), "app:1.0");
    make.offer(make.digestedBy(DigestAlgorithm.SHA512).image(1000), "app:2.0");
    files.putAll(OciLayout.files(content));
  }

  ArchiveBuilder archive() {
    ArchiveBuilder archive = new ArchiveBuilder();
    files.forEach((name, bytes) -> add(archive, name, bytes));
    return archive;
  }

  /** GNU's way, which takes a name of any length. */
  static void add(ArchiveBuilder archive, String name, byte[] content) {
    archive.member('L', "././@LongLink", (name + "\0").getBytes(UTF_8));
    archive.file(name.substring(0, Math.min(100, name.length())), content);
  }

  /** The header of {@link #BLOB} with three bytes, unless it is changed. */
  static ArchiveBuilder header(UnaryOperator<Header> change) {
    return new ArchiveBuilder().raw(change.apply(new Header('0', BLOB).size(3)).toBytes());
  }

  /** Everything that was put in comes out. */
  void assertComplete(ContentStore store) throws IOException {
    assertThat(store.roots()).isEqualTo(content.roots());
    assertThat(store.blobs().orElseThrow()).containsExactlyInAnyOrderElementsOf(content.digests());
    for (Digest digest : content.digests()) {
      assertThat(read(store, digest)).isEqualTo(content.content(digest).orElseThrow());
    }
  }

  static byte[] read(ContentStore store, Digest digest) throws IOException {
    try (BlobReader reader = store.open(Descriptor.of("application/octet-stream", digest, 0))) {
      ByteBuffer bytes = ByteBuffer.allocate((int) reader.size());
      while (bytes.hasRemaining() && reader.read(bytes, bytes.position()) >= 0) {
        // On to the next bytes.
      }
      return bytes.array();
    }
  }

  static ContentStore openAt(Object path) throws IOException {
    return openAt(path, Map.of());
  }

  static ContentStore openAt(Object path, Map<String, String> options) throws IOException {
    TarStoreProvider provider = new TarStoreProvider();
    return provider.open(
        Location.parse("tar:" + path), Options.parse("tar", provider.options(), options));
  }
}
