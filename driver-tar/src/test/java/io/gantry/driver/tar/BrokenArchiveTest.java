package io.gantry.driver.tar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gantry.api.GantryException;
import io.gantry.api.GantryException.Kind;
import io.gantry.api.driver.BlobWriter;
import io.gantry.api.driver.ImageDriver;
import io.gantry.api.driver.InitOptions;
import io.gantry.api.export.ExportPlan;
import io.gantry.api.export.ExportRequest;
import io.gantry.api.export.Exporter;
import io.gantry.api.oci.Descriptor;
import io.gantry.testkit.ImageFactory;
import io.gantry.testkit.InMemoryStore;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BrokenArchiveTest {
  @TempDir private Path folder;
  private final InMemoryStore store = new InMemoryStore();
  private final ImageFactory make = ImageFactory.into(store, 1);

  @Test
  void keepsTheOldArchiveWhicheverWriteFails() throws IOException {
    make.offer(make.image(100_000, 600_000), "app:1.0");
    Path archive = Files.writeString(folder.resolve("app.tar"), "precious");
    int writes = 0;
    boolean failed = true;
    while (failed) {
      writes++;
      FailingOutput output = new FailingOutput(new ArchiveFile(archive), new AtomicInteger(writes));
      try (ImageDriver driver = new TarDriver(output, true)) {
        new Exporter(store, driver).export(plan(), true);
        failed = false;
      } catch (GantryException e) {
        assertThat(e.kind()).isEqualTo(Kind.TARGET_FAILED);
        assertThat(e).hasMessageContaining("app.tar").hasMessageContaining("no space left");
      }
      if (failed) {
        assertThat(archive).hasContent("precious");
        try (Stream<Path> entries = Files.list(folder)) {
          assertThat(entries).containsExactly(archive);
        }
      }
    }
    assertThat(writes).isGreaterThan(5);
    assertThat(ArchiveReader.of(archive).names()).contains("index.json");
  }

  @Test
  void endsAStreamWithoutAnIndexWhenABlobIsNotFinished() throws IOException {
    make.offer(make.image(100_000), "app:1.0");
    ExportPlan plan = plan();
    ByteArrayOutputStream stream = new ByteArrayOutputStream();
    try (ImageDriver driver = new TarDriver(new StreamOutput(stream), true)) {
      driver.init(InitOptions.of(plan.index(), plan.blobs()));
      Descriptor blob = plan.blobs().get(0);
      try (BlobWriter writer = driver.blobWriter(blob)) {
        writer.write(ByteBuffer.allocate(1));
      }

      assertThatThrownBy(() -> driver.blobWriter(plan.blobs().get(1)))
          .hasMessageContaining("not finished");
      assertThatThrownBy(() -> driver.writeIndex(plan.index()))
          .hasMessageContaining("not finished");
    }
    assertThat(stream.toString(StandardCharsets.ISO_8859_1)).doesNotContain("index.json");
  }

  private ExportPlan plan() throws IOException {
    return ExportPlan.of(store, ExportRequest.everything());
  }

  private record StreamOutput(ByteArrayOutputStream stream) implements ArchiveOutput {
    @Override
    public int maxOpenWriters() {
      return 1;
    }

    @Override
    public void begin(boolean overwrite) {}

    @Override
    public WritableByteChannel from(long position) {
      return Channels.newChannel(stream);
    }

    @Override
    public void publish(boolean sync) {}

    @Override
    public void close() {}
  }

  /** A carrier whose n-th write finds the disk full. */
  private record FailingOutput(ArchiveOutput output, AtomicInteger left) implements ArchiveOutput {
    @Override
    public int maxOpenWriters() {
      return output.maxOpenWriters();
    }

    @Override
    public void begin(boolean overwrite) throws IOException {
      output.begin(overwrite);
    }

    @Override
    public WritableByteChannel from(long position) {
      return new FailingChannel(output.from(position), left);
    }

    @Override
    public void publish(boolean sync) throws IOException {
      output.publish(sync);
    }

    @Override
    public void close() throws IOException {
      output.close();
    }

    @Override
    public String toString() {
      return output.toString();
    }
  }

  private static final class FailingChannel implements WritableByteChannel {
    private final WritableByteChannel channel;
    private final AtomicInteger left;

    FailingChannel(WritableByteChannel channel, AtomicInteger left) {
      this.channel = channel;
      this.left = left;
    }

    @Override
    public int write(ByteBuffer src) throws IOException {
      if (left.decrementAndGet() == 0) {
        throw new IOException("no space left");
      }
      return channel.write(src);
    }

    @Override
    public boolean isOpen() {
      return channel.isOpen();
    }

    @Override
    public void close() throws IOException {
      channel.close();
    }
  }
}
