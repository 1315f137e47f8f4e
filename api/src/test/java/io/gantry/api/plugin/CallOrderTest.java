package io.gantry.api.plugin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gantry.api.content.BlobReader;
import io.gantry.api.content.ContentStore;
import io.gantry.api.driver.BlobWriter;
import io.gantry.api.driver.ImageDriver;
import io.gantry.api.layout.Layout;
import io.gantry.api.layout.PruneOptions;
import io.gantry.api.layout.Removal;
import io.gantry.api.oci.Digest;
import io.gantry.api.oci.DigestAlgorithm;
import io.gantry.api.oci.Index;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/**
 * What nobody can do to a driver or store, whoever made it: the calls that the contract rules out.
 */
class CallOrderTest extends GuardFixture {
  private static final Digest OTHER = Digest.of(DigestAlgorithm.SHA256, new byte[0]);

  /** A call that breaks the contract ends here, and says what is wrong. */
  private void assertMisuse(String complaint, ThrowingCallable call) {
    calls.clear();

    assertThatThrownBy(call)
        .isExactlyInstanceOf(IllegalStateException.class)
        .hasMessage("driver 'own' in unknown: %s", complaint);
    assertThat(calls).isEmpty();
  }

  @Test
  void initIsFirstAndOnce() throws IOException {
    ImageDriver driver = driver();

    assertMisuse("contains was called before init has succeeded", () -> driver.contains(BLOB));
    assertMisuse("blobWriter was called before init has succeeded", () -> driver.blobWriter(BLOB));
    assertMisuse("maxOpenWriters was called before init has succeeded", driver::maxOpenWriters);
    assertMisuse(
        "writeIndex was called before init has succeeded",
        () -> driver.writeIndex(Index.of(List.of())));
    begun(driver);
    assertMisuse("init was called again; a driver takes one export", () -> begun(driver));
  }

  @Test
  void nothingFollowsAnInitThatFailed() {
    ImageDriver driver = driver();
    failure = Optional.of(new IOException("no space left"));
    assertThatThrownBy(() -> begun(driver)).hasMessage("driver 'own' in unknown: no space left");
    failure = Optional.empty();

    assertMisuse("init was called again; a driver takes one export", () -> begun(driver));
    assertMisuse("blobWriter was called before init has succeeded", () -> driver.blobWriter(BLOB));
  }

  @Test
  void writeIndexIsOnceAndLast() throws IOException {
    ImageDriver driver = begun(driver());
    driver.writeIndex(Index.of(List.of()));

    assertMisuse(
        "writeIndex was called after writeIndex", () -> driver.writeIndex(Index.of(List.of())));
    assertMisuse("blobWriter was called after writeIndex", () -> driver.blobWriter(BLOB));
    assertMisuse("contains was called after writeIndex", () -> driver.contains(BLOB));
  }

  @Test
  void writeIndexWaitsForEveryWriter() throws IOException {
    ImageDriver driver = begun(driver());
    BlobWriter first = driver.blobWriter(BLOB);
    BlobWriter second = driver.blobWriter(BLOB);

    first.close();
    first.close();
    assertMisuse(
        "writeIndex was called before every writer was closed",
        () -> driver.writeIndex(Index.of(List.of())));
    second.close();
    driver.writeIndex(Index.of(List.of()));
    assertThat(calls).contains("writeIndex");
  }

  @Test
  void noMoreWritersAreOpenThanTheDriverTakes() throws IOException {
    ImageDriver driver = begun(driver());
    BlobWriter first = driver.blobWriter(BLOB);
    driver.blobWriter(BLOB);

    assertMisuse(
        "blobWriter was called while as many writers are open as it takes: 2",
        () -> driver.blobWriter(BLOB));
    failure = Optional.of(new IOException("no space left"));
    assertThatThrownBy(first::close).hasMessage("driver 'own' in unknown: no space left");
    failure = Optional.empty();
    driver.blobWriter(BLOB);
    assertThat(calls).contains("blobWriter");
  }

  @Test
  void aWriterCommitsOnceAndIsWrittenToBefore() throws IOException {
    BlobWriter writer = begun(driver()).blobWriter(BLOB);
    writer.write(ByteBuffer.wrap(CONTENT));
    writer.commit(BLOB.size(), BLOB.digest());

    String blob = " of blob " + BLOB.digest();
    assertMisuse(
        "commit" + blob + " was called after commit",
        () -> writer.commit(BLOB.size(), BLOB.digest()));
    assertMisuse(
        "write" + blob + " was called after commit", () -> writer.write(ByteBuffer.wrap(CONTENT)));
  }

  @Test
  void aCommitThatFailedIsNotTriedAgain() throws IOException {
    BlobWriter writer = begun(driver()).blobWriter(BLOB);
    failure = Optional.of(new IOException("no space left"));
    assertThatThrownBy(() -> writer.commit(BLOB.size(), BLOB.digest()))
        .hasMessage("driver 'own' in unknown: no space left");
    failure = Optional.empty();

    assertMisuse(
        "commit of blob " + BLOB.digest() + " was called after commit",
        () -> writer.commit(BLOB.size(), BLOB.digest()));
  }

  @Test
  void aWriterCommitsWhatItWasOpenedFor() throws IOException {
    BlobWriter writer = begun(driver()).blobWriter(BLOB);

    String commit = "commit of blob " + BLOB.digest() + " was called for ";
    assertMisuse(
        commit + "4 bytes of " + BLOB.digest() + ", not 3", () -> writer.commit(4, BLOB.digest()));
    assertMisuse(commit + "3 bytes of " + OTHER + ", not 3", () -> writer.commit(3, OTHER));
  }

  @Test
  void nothingIsUsedAfterItsEnd() throws IOException {
    ImageDriver driver = begun(driver());
    BlobWriter writer = driver.blobWriter(BLOB);
    BlobWriter left = driver.blobWriter(BLOB);
    ReadableByteChannel link = left.link(Path.of("blob")).orElseThrow();
    ReadableByteChannel leftLink = left.link(Path.of("blob")).orElseThrow();
    Layout layout = layout();
    String blob = " of blob " + BLOB.digest();

    link.close();
    assertThat(link.isOpen()).isFalse();
    assertMisuse(
        "read of the link" + blob + " was called after close",
        () -> link.read(ByteBuffer.allocate(1)));
    writer.close();
    assertThat(writer.isOpen()).isFalse();
    assertMisuse(
        "write" + blob + " was called after close", () -> writer.write(ByteBuffer.wrap(CONTENT)));
    assertMisuse("commit" + blob + " was called after close", () -> writer.commit(3, OTHER));
    driver.close();
    assertMisuse("init was called after close; a driver takes one export", () -> begun(driver));
    assertMisuse("contains was called after close", () -> driver.contains(BLOB));
    assertThat(left.isOpen()).isTrue();
    assertMisuse(
        "write" + blob + " was called after the driver was closed",
        () -> left.write(ByteBuffer.wrap(CONTENT)));
    assertThat(leftLink.isOpen()).isTrue();
    assertMisuse(
        "read of the link" + blob + " was called after the driver was closed",
        () -> leftLink.read(ByteBuffer.allocate(1)));
    layout.close();
    assertMisuse("prune was called after close", () -> layout.prune(PruneOptions.DEFAULT));
    assertMisuse(
        "remove was called after close",
        () -> layout.remove(new Removal(List.of("app"), List.of())));
  }

  @Test
  void nothingIsReadAfterItsEnd() throws IOException {
    ContentStore store = store();
    BlobReader reader = store.open(BLOB);
    BlobReader left = store.open(BLOB);
    reader.close();
    store.close();
    calls.clear();

    assertThatThrownBy(() -> reader.read(ByteBuffer.allocate(1), 0))
        .isExactlyInstanceOf(IllegalStateException.class)
        .hasMessage(
            "store 'own' in unknown: read of blob %s was called after close", BLOB.digest());
    assertThatThrownBy(() -> left.read(ByteBuffer.allocate(1), 0))
        .isExactlyInstanceOf(IllegalStateException.class)
        .hasMessage(
            "store 'own' in unknown: read of blob %s was called after the store was closed",
            BLOB.digest());
    assertThatThrownBy(store::roots)
        .isExactlyInstanceOf(IllegalStateException.class)
        .hasMessage("store 'own' in unknown: roots was called after close");
    assertThat(calls).isEmpty();
  }
}
