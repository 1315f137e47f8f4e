package io.gantry.testkit;

import static java.util.Objects.requireNonNull;

import io.gantry.api.GantryException;
import io.gantry.api.GantryException.Kind;
import io.gantry.api.driver.BlobWriter;
import io.gantry.api.driver.ImageDriver;
import io.gantry.api.driver.InitOptions;
import io.gantry.api.oci.Descriptor;
import io.gantry.api.oci.Digest;
import io.gantry.api.oci.Index;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.util.List;
import java.util.Optional;

/**
 * A driver that keeps all rules of {@link ImageDriverContract} and writes nowhere but into memory:
 * it adds to what is published, knows what it has, and takes any number of writers.
 */
public final class InMemoryDriver implements ImageDriver {
  private final InMemoryPlace place;
  private InitOptions options = InitOptions.of(Index.of(List.of()), List.of());

  /** Makes a driver for one export. */
  public InMemoryDriver(InMemoryPlace place) {
    this.place = requireNonNull(place, "place");
  }

  @Override
  public void init(InitOptions announced) throws IOException {
    place.begin(this);
    options = announced;
  }

  @Override
  public BlobWriter blobWriter(Descriptor blob) {
    return new Writer();
  }

  @Override
  public void writeIndex(Index index) throws IOException {
    place.publish(this, options.blobs(), index, options.overwrite());
  }

  @Override
  public void close() {
    place.unstage(this);
  }

  @Override
  public int maxOpenWriters() {
    return Integer.MAX_VALUE;
  }

  @Override
  public boolean contains(Descriptor blob) {
    Optional<byte[]> content =
        place.published().flatMap(published -> published.content(blob.digest()));
    return content
        .filter(bytes -> Digest.of(blob.digest().algorithm(), bytes).equals(blob.digest()))
        .isPresent();
  }

  private final class Writer implements BlobWriter {
    private final ByteArrayOutputStream content = new ByteArrayOutputStream();
    private boolean open = true;

    @Override
    public int write(ByteBuffer src) throws IOException {
      if (!open) {
        throw new ClosedChannelException();
      }
      place.write();
      byte[] bytes = new byte[src.remaining()];
      src.get(bytes);
      content.writeBytes(bytes);
      return bytes.length;
    }

    @Override
    public void commit(long size, Digest digest) throws IOException {
      byte[] bytes = content.toByteArray();
      if (bytes.length != size || !Digest.of(digest.algorithm(), bytes).equals(digest)) {
        throw new GantryException(
            Kind.CONTENT_MISMATCH,
            "blob %s: %d bytes that are not what was committed".formatted(digest, bytes.length));
      }
      place.write();
      place.stage(InMemoryDriver.this, digest, bytes);
    }

    @Override
    public boolean isOpen() {
      return open;
    }

    @Override
    public void close() {
      open = false;
    }
  }
}
