package io.gantry.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.gantry.api.GantryException;
import io.gantry.api.GantryException.Kind;
import io.gantry.api.content.BlobReader;
import io.gantry.api.content.ContentStore;
import io.gantry.api.driver.BlobWriter;
import io.gantry.api.driver.ImageDriver;
import io.gantry.api.driver.InitOptions;
import io.gantry.api.export.ExportPlan;
import io.gantry.api.export.ExportRequest;
import io.gantry.api.export.Exporter;
import io.gantry.api.oci.Descriptor;
import io.gantry.api.oci.Digest;
import io.gantry.api.oci.Index;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ReadableByteChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/**
 * What the exporter does with a writer that takes blobs from files, and when it uses a second
 * thread.
 */
class LinkedBlobsTest {
  private static final int LAYER_BYTES = 200_000;

  private final InMemoryStore store = new InMemoryStore();
  private final ImageFactory make = ImageFactory.into(store, 23);
  private final List<Digest> committed = new ArrayList<>();
  private long written;
  private int openChannels;
  private boolean published;
  private boolean hashedBeside;

  private void export(Function<byte[], InputStream> content) throws IOException {
    try (ImageDriver driver = new Linking(content)) {
      ContentStore files = new Files(store);
      new Exporter(files, driver).export(ExportPlan.of(files, ExportRequest.everything()), false);
    }
  }

  private void refuses(Function<byte[], InputStream> content) {
    assertThatExceptionOfType(GantryException.class)
        .isThrownBy(() -> export(content))
        .matches(e -> e.kind() == Kind.CONTENT_MISMATCH);
    assertThat(published).isFalse();
    assertThat(openChannels).isZero();
  }

  @Test
  void hashesWhatIsLinkedAndWritesNothing() throws IOException {
    make.offer(make.image(LAYER_BYTES, 0), "app:1.0");

    export(ByteArrayInputStream::new);

    assertThat(committed)
        .containsExactlyElementsOf(
            ExportPlan.of(store, ExportRequest.everything()).blobs().stream()
                .map(Descriptor::digest)
                .toList());
    assertThat(written).isZero();
    assertThat(published).isTrue();
    assertThat(openChannels).isZero();
  }

  @Test
  void refusesWhatIsOther() throws IOException {
    make.offer(make.image(LAYER_BYTES), "app:1.0");

    refuses(
        content -> {
          byte[] other = content.clone();
          other[other.length - 1]++;
          return new ByteArrayInputStream(other);
        });
  }

  @Test
  void refusesWhatIsShorter() throws IOException {
    make.offer(make.image(LAYER_BYTES), "app:1.0");

    refuses(content -> new ByteArrayInputStream(content, 0, content.length - 1));
  }

  @Test
  void refusesWhatIsLonger() throws IOException {
    make.offer(make.image(LAYER_BYTES), "app:1.0");

    refuses(content -> new ByteArrayInputStream(Arrays.copyOf(content, content.length + 1)));
  }

  @Test
  void refusesWhatHasNoEnd() throws IOException {
    make.offer(make.image(LAYER_BYTES), "app:1.0");

    refuses(
        content ->
            new InputStream() {
              @Override
              public int read() {
                return 0;
              }
            });
  }

  @Test
  void writesWhatTheWriterWillNotLink() throws IOException {
    make.offer(make.image(LAYER_BYTES), "app:1.0");

    export(content -> InputStream.nullInputStream());

    assertThat(committed).hasSameSizeAs(ExportPlan.of(store, ExportRequest.everything()).blobs());
    assertThat(written).isEqualTo(LAYER_BYTES);
  }

  @Test
  void hashesALargeBlobBesideWritingItWhenNothingElseIsLeft() throws IOException {
    assumeThat(Runtime.getRuntime().availableProcessors()).isGreaterThan(1);
    make.offer(make.image(3 << 20), "app:1.0");

    export(content -> InputStream.nullInputStream());

    assertThat(hashedBeside).isTrue();
  }

  /** Pretends that each blob is a file. */
  private record Files(InMemoryStore store) implements ContentStore {
    @Override
    public List<Descriptor> roots() {
      return store.roots();
    }

    @Override
    public Descriptor resolve(Digest digest) throws IOException {
      return store.resolve(digest);
    }

    @Override
    public BlobReader open(Descriptor blob) throws IOException {
      BlobReader reader = store.open(blob);
      return new BlobReader() {
        @Override
        public long size() throws IOException {
          return reader.size();
        }

        @Override
        public int read(ByteBuffer dst, long position) throws IOException {
          return reader.read(dst, position);
        }

        @Override
        public Optional<Path> file() {
          return Optional.of(Path.of(blob.digest().encoded()));
        }

        @Override
        public void close() throws IOException {
          reader.close();
        }
      };
    }

    @Override
    public void close() {
      // The test has the store.
    }
  }

  /**
   * Takes from a file what a function makes of its content; no file at all if that is an empty one.
   */
  private final class Linking implements ImageDriver {
    private final Function<byte[], InputStream> content;

    Linking(Function<byte[], InputStream> content) {
      this.content = content;
    }

    @Override
    public void init(InitOptions options) {
      // There is nothing to prepare.
    }

    @Override
    public BlobWriter blobWriter(Descriptor blob) {
      return new BlobWriter() {
        @Override
        public Optional<ReadableByteChannel> link(Path file) throws IOException {
          byte[] bytes = new byte[(int) blob.size()];
          try (BlobReader reader = store.open(blob)) {
            ByteBuffer buffer = ByteBuffer.wrap(bytes);
            while (buffer.hasRemaining()) {
              reader.read(buffer, buffer.position());
            }
          }
          InputStream linked =
              bytes.length < LAYER_BYTES ? new ByteArrayInputStream(bytes) : content.apply(bytes);
          if (linked.getClass() == InputStream.nullInputStream().getClass()) {
            return Optional.empty();
          }
          openChannels++;
          ReadableByteChannel channel = Channels.newChannel(linked);
          return Optional.of(
              new ReadableByteChannel() {
                @Override
                public int read(ByteBuffer dst) throws IOException {
                  return channel.read(dst);
                }

                @Override
                public boolean isOpen() {
                  return channel.isOpen();
                }

                @Override
                public void close() throws IOException {
                  if (channel.isOpen()) {
                    openChannels--;
                  }
                  channel.close();
                }
              });
        }

        @Override
        public int write(ByteBuffer src) {
          hashedBeside |=
              Thread.getAllStackTraces().keySet().stream()
                  .anyMatch(thread -> thread.getName().equals("gantry-hash"));
          int count = src.remaining();
          src.position(src.limit());
          written += count;
          return count;
        }

        @Override
        public void commit(long size, Digest digest) {
          committed.add(digest);
        }

        @Override
        public boolean isOpen() {
          return true;
        }

        @Override
        public void close() {
          // There is nothing to discard.
        }
      };
    }

    @Override
    public void writeIndex(Index index) {
      published = true;
    }

    @Override
    public void close() {
      // There is nothing to take back.
    }
  }
}
