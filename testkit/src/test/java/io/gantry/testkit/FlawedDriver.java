package io.gantry.testkit;

import io.gantry.api.driver.BlobWriter;
import io.gantry.api.driver.ImageDriver;
import io.gantry.api.driver.InitOptions;
import io.gantry.api.oci.Descriptor;
import io.gantry.api.oci.Digest;
import io.gantry.api.oci.Index;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** A sound driver in memory to derive unsound ones from: every step can be overridden. */
class FlawedDriver implements ImageDriver {
  final InMemoryPlace place;

  /** Blobs that a reader finds although no index was published with them. */
  final Map<Digest, byte[]> strays;

  final Set<Digest> committed = ConcurrentHashMap.newKeySet();
  InitOptions announced = InitOptions.of(Index.of(List.of()), List.of());
  boolean begun;
  boolean published;

  private final ImageDriver sound;

  FlawedDriver(InMemoryPlace place, Map<Digest, byte[]> strays) {
    this.place = place;
    this.strays = strays;
    this.sound = new InMemoryDriver(place);
  }

  @Override
  public void init(InitOptions options) throws IOException {
    begun = true;
    announced = options;
    sound.init(options);
  }

  @Override
  public BlobWriter blobWriter(Descriptor blob) throws IOException {
    return new FlawedWriter(blob);
  }

  @Override
  public void writeIndex(Index index) throws IOException {
    sound.writeIndex(index);
    published = true;
    afterPublishing(place.published().orElseThrow());
  }

  /** Where most flaws strike: at what was just published. */
  void afterPublishing(InMemoryStore store) {}

  @Override
  public void close() throws IOException {
    sound.close();
  }

  @Override
  public int maxOpenWriters() {
    return sound.maxOpenWriters();
  }

  @Override
  public boolean contains(Descriptor blob) throws IOException {
    return sound.contains(blob);
  }

  /** Publishes the announced index with the blobs that are there, whatever is missing. */
  void publishEarly(Map<Digest, byte[]> blobs) {
    InMemoryStore store = new InMemoryStore();
    blobs.forEach(store::put);
    announced.index().manifests().forEach(store::offer);
    place.publish(store);
  }

  class FlawedWriter implements BlobWriter {
    final Descriptor blob;
    int writes;
    int closes;
    boolean done;

    private final BlobWriter sound;

    FlawedWriter(Descriptor blob) throws IOException {
      this.blob = blob;
      this.sound = FlawedDriver.this.sound.blobWriter(blob);
    }

    @Override
    public int write(ByteBuffer src) throws IOException {
      writes++;
      return sound.write(src);
    }

    @Override
    public void commit(long size, Digest digest) throws IOException {
      sound.commit(size, digest);
      done = true;
      committed.add(digest);
    }

    @Override
    public boolean isOpen() {
      return sound.isOpen();
    }

    @Override
    public void close() throws IOException {
      closes++;
      sound.close();
    }
  }
}
