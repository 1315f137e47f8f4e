package io.gantry.testkit;

import static java.util.Objects.requireNonNull;

import io.gantry.api.content.BlobReader;
import io.gantry.api.content.ContentStore;
import io.gantry.api.oci.Descriptor;
import io.gantry.api.oci.Digest;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * A store in which some blobs have a fault. Stores can be put around one another for several
 * faults. As safe for use by several threads as the store within, which is closed with it.
 */
public final class FaultyStore implements ContentStore {
  private final ContentStore store;
  private final Predicate<Digest> affected;
  private final BlobFault fault;

  /** Makes a store in which every blob has the fault. */
  public FaultyStore(ContentStore store, BlobFault fault) {
    this(store, digest -> true, fault);
  }

  /** Makes a store in which one blob has the fault. */
  public FaultyStore(ContentStore store, Digest blob, BlobFault fault) {
    this(store, blob::equals, fault);
  }

  /** Makes a store in which the blobs of the {@code affected} digests have the fault. */
  public FaultyStore(ContentStore store, Predicate<Digest> affected, BlobFault fault) {
    this.store = requireNonNull(store, "store");
    this.affected = requireNonNull(affected, "affected");
    this.fault = requireNonNull(fault, "fault");
  }

  @Override
  public List<Descriptor> roots() throws IOException {
    return store.roots();
  }

  @Override
  public Descriptor resolve(Digest digest) throws IOException {
    return store.resolve(digest);
  }

  @Override
  public BlobReader open(Descriptor blob) throws IOException {
    BlobReader reader = store.open(blob);
    return affected.test(blob.digest()) ? fault.applyTo(reader) : reader;
  }

  @Override
  public Optional<List<Digest>> blobs() throws IOException {
    return store.blobs();
  }

  @Override
  public void close() throws IOException {
    store.close();
  }
}
