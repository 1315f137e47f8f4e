package io.gantry.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.gantry.api.GantryException;
import io.gantry.api.GantryException.Kind;
import io.gantry.api.driver.BlobWriter;
import io.gantry.api.driver.ImageDriver;
import io.gantry.api.oci.Descriptor;
import io.gantry.api.oci.Digest;
import io.gantry.api.oci.DigestAlgorithm;
import io.gantry.api.provider.Location;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The rules I and B of {@link ImageDriverContract}: how an export begins, and one blob. */
abstract class BlobRules extends ImageDriverFixture {
  @Test
  final void i1OpenTouchesNothing() throws IOException {
    Location target = target();
    Map<String, String> before = files();
    open(target).close();
    assertThat(files()).isEqualTo(before);
    assertNothingPublished(target);
  }

  @Test
  final void i1OpenLeavesAnExistingTargetAlone() throws IOException {
    Location target = target();
    Cargo old = Cargo.named("app:1", 700);
    publish(old, target, false);
    Map<String, String> before = files();
    open(target).close();
    assertThat(files()).isEqualTo(before);
    assertPublished(target, old);
  }

  @Test
  final void i3ExistingTargetIsRefusedUnharmedOrAddedTo() throws IOException {
    Location target = target();
    Cargo old = Cargo.named("app:1", 700);
    publish(old, target, false);
    Cargo more = Cargo.named("app:2", 900);
    try {
      publish(more, target, false);
    } catch (GantryException e) {
      assertThat(e.kind()).as("the kind of '%s'", e.getMessage()).isEqualTo(Kind.TARGET_EXISTS);
      assertThat(e).hasMessageContaining(nameOf(target));
      assertPublished(target, old);
      assertBytes(target, old);
      return;
    }
    assertThat(readBack(target).index().orElseThrow().manifests())
        .containsAll(more.plan().index().manifests());
  }

  @Test
  final void i3OverwriteReplaces() throws IOException {
    Location target = target();
    publish(Cargo.named("app:1", 700), target, false);
    Cargo next = Cargo.named("app:2", 900);
    publish(next, target, true);
    assertPublished(target, next);
    assertBytes(target, next);
  }

  @Test
  final void i4UnwritableTargetIsNamed() throws IOException {
    Optional<Location> target = unwritableTarget(folder());
    assumeTrue(target.isPresent(), "the kit was given no target that cannot be written");
    Cargo cargo = Cargo.named("app:1", 700);
    assertThatIOException()
        .isThrownBy(() -> publish(cargo, target.get(), false))
        .withMessageContaining(nameOf(target.get()));
  }

  @Test
  final void b1BytesAreReadBackAsWritten() throws IOException {
    Location target = target();
    Cargo cargo = Cargo.named("app:1", 3000, 2000);
    try (ImageDriver driver = open(target)) {
      driver.init(cargo.init(false));
      cargo.writeTo(
          driver,
          (writer, content) -> {
            for (int start = 0, size = 1; start < content.length; start += size, size += 97) {
              int length = Math.min(size, content.length - start);
              Cargo.load(writer, ByteBuffer.wrap(content, start, length));
            }
          });
      driver.writeIndex(cargo.plan().index());
    }
    assertBytes(target, cargo);
  }

  @Test
  final void b2EmptyBlob() throws IOException {
    roundTrip(Cargo.named("app:1", 0, 700));
  }

  @Test
  final void b3BlobsOfAwkwardSizes() throws IOException {
    IntStream awkward = IntStream.of(512, 8192, 64 * 1024, 256 * 1024, 1024 * 1024);
    IntStream own = blobSizes().stream().mapToInt(size -> size);
    IntStream near =
        IntStream.concat(awkward, own).flatMap(size -> IntStream.of(size - 1, size, size + 1));
    roundTrip(Cargo.named("app:1", IntStream.concat(IntStream.of(1), near).toArray()));
  }

  @Test
  final void b4Sha512Blobs() throws IOException {
    roundTrip(Cargo.named("app:1", DigestAlgorithm.SHA512, 700, 1200));
  }

  private void roundTrip(Cargo cargo) throws IOException {
    Location target = target();
    publish(cargo, target, false);
    assertBytes(target, cargo);
  }

  @Test
  final void b5CommitOfAnotherSizePublishesNothing() throws IOException {
    commitWrongly((blob, writer) -> writer.commit(blob.size() + 1, blob.digest()));
  }

  @Test
  final void b5CommitOfAnotherDigestPublishesNothing() throws IOException {
    Digest other = Digest.of(DigestAlgorithm.SHA256, "other".getBytes(StandardCharsets.UTF_8));
    commitWrongly((blob, writer) -> writer.commit(blob.size(), other));
  }

  private interface WrongCommit {
    void commit(Descriptor blob, BlobWriter writer) throws IOException;
  }

  private void commitWrongly(WrongCommit wrong) throws IOException {
    Location target = target();
    Cargo cargo = Cargo.named("app:1", 700, 1200);
    Descriptor blob = cargo.blobs().get(0);
    boolean refused = false;
    try (ImageDriver driver = open(target)) {
      driver.init(cargo.init(false));
      try (BlobWriter writer = driver.blobWriter(blob)) {
        Cargo.whole(writer, cargo.content(blob));
        wrong.commit(blob, writer);
      } catch (IOException e) {
        refused = true;
      }
    }
    assertNothingPublished(target);
    if (refused) {
      assertThat(readBack(target).digests()).as("blobs in %s", target).isEmpty();
    }
  }

  @Test
  final void b6CloseWithoutCommitLeavesNothing() throws IOException {
    Location target = target();
    Cargo cargo = Cargo.named("app:1", 700, 1200);
    try (ImageDriver driver = open(target)) {
      driver.init(cargo.init(false));
      Descriptor blob = cargo.blobs().get(0);
      try (BlobWriter writer = driver.blobWriter(blob)) {
        Cargo.whole(writer, cargo.content(blob));
      }
    }
    assertThat(readBack(target).digests()).as("blobs in %s", target).isEmpty();
    assertNothingPublished(target);
  }

  @Test
  final void b7CloseTwiceIsFine() throws IOException {
    Location target = target();
    Cargo cargo = Cargo.named("app:1", 700);
    try (ImageDriver driver = open(target)) {
      driver.init(cargo.init(false));
      BlobWriter writer = driver.blobWriter(cargo.blobs().get(0));
      writer.close();
      writer.close();
      assertThat(writer.isOpen()).isFalse();
    }
  }

  @Test
  final void b7CloseAfterCommitChangesNothing() throws IOException {
    Location target = target();
    Cargo cargo = Cargo.named("app:1", 700);
    List<BlobWriter> writers = new ArrayList<>();
    try (ImageDriver driver = open(target)) {
      driver.init(cargo.init(false));
      for (Descriptor blob : cargo.blobs()) {
        writers.forEach(BlobRules::closeAgain);
        try (BlobWriter writer = driver.blobWriter(blob)) {
          writers.add(writer);
          Cargo.whole(writer, cargo.content(blob));
          writer.commit(blob.size(), blob.digest());
          writer.close();
        }
      }
      driver.writeIndex(cargo.plan().index());
    }
    assertBytes(target, cargo);
  }

  private static void closeAgain(BlobWriter writer) {
    try {
      writer.close();
    } catch (IOException e) {
      throw new AssertionError("a second close must do nothing", e);
    }
  }

  @Test
  final void b10BuffersAreConsumedFromPositionToLimit() throws IOException {
    Location target = target();
    Cargo cargo = Cargo.named("app:1", 3000);
    try (ImageDriver driver = open(target)) {
      driver.init(cargo.init(false));
      cargo.writeTo(
          driver,
          (writer, content) -> {
            ByteBuffer whole = ByteBuffer.wrap(content);
            int third = content.length / 3;
            consume(writer, ByteBuffer.allocate(0));
            consume(writer, whole.slice(0, third).asReadOnlyBuffer());
            ByteBuffer direct = ByteBuffer.allocateDirect(third + 20);
            direct.position(7).mark();
            direct.put(whole.slice(third, third)).limit(direct.position()).reset();
            consume(writer, direct);
            ByteBuffer offset = ByteBuffer.allocate(content.length + 11).position(5).slice();
            offset.put(content, 2 * third, content.length - 2 * third).flip();
            consume(writer, offset);
          });
      driver.writeIndex(cargo.plan().index());
    }
    assertBytes(target, cargo);
  }

  private static void consume(BlobWriter writer, ByteBuffer bytes) throws IOException {
    int offered = bytes.remaining();
    int limit = bytes.limit();
    assertThat(writer.write(bytes)).as("bytes taken").isEqualTo(offered);
    assertThat(bytes.remaining()).as("bytes left over").isZero();
    assertThat(bytes.limit()).as("the limit afterwards").isEqualTo(limit);
  }

  @Test
  final void b11AFreshTargetContainsNothing() throws IOException {
    Cargo cargo = Cargo.named("app:1", 700);
    try (ImageDriver driver = open(target())) {
      driver.init(cargo.init(false));
      for (Descriptor blob : cargo.blobs()) {
        assertThat(driver.contains(blob)).as("contains %s", blob.digest()).isFalse();
      }
    }
  }

  @Test
  final void b11WhatIsContainedNeedsNotBeSent() throws IOException {
    Location target = target();
    Cargo cargo = Cargo.named("app:1", 700, 1200);
    publish(cargo, target, false);
    publish(cargo, target, true);
    assertPublished(target, cargo);
    assertBytes(target, cargo);
  }

  @Test
  final void b11ADamagedBlobIsNotContained() throws IOException {
    Location target = target();
    Cargo cargo = Cargo.named("app:1", 700, 1200);
    publish(cargo, target, false);
    Descriptor blob = cargo.blobs().get(0);
    assumeTrue(damage(target, blob.digest()), "the kit was given no way to damage a blob");
    publish(cargo, target, true);
    assertBytes(target, cargo);
  }
}
