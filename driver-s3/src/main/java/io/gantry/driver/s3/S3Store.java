package io.gantry.driver.s3;

import io.gantry.api.GantryException;
import io.gantry.api.GantryException.Kind;
import io.gantry.api.content.BlobReader;
import io.gantry.api.content.ContentStore;
import io.gantry.api.content.ManifestReader;
import io.gantry.api.oci.Descriptor;
import io.gantry.api.oci.Digest;
import io.gantry.api.oci.ImageDocument;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Semaphore;

/** Reads an OCI image layout in a bucket. */
final class S3Store implements ContentStore {
  private final Bucket bucket;
  private final List<Descriptor> roots;
  private final ExecutorService threads;
  private final Semaphore aheads;

  S3Store(Bucket bucket, List<Descriptor> roots, int connections) {
    this.bucket = bucket;
    this.roots = roots;
    this.threads = RequestThreads.start("gantry-s3-read", connections);
    this.aheads = new Semaphore(connections);
  }

  @Override
  public List<Descriptor> roots() {
    return roots;
  }

  @Override
  public Descriptor resolve(Digest digest) throws IOException {
    try (BlobReader reader = open(digest, ImageDocument.MAX_BYTES)) {
      return ManifestReader.describe(digest, reader);
    }
  }

  @Override
  public BlobReader open(Descriptor blob) throws IOException {
    return open(blob.digest(), blob.size());
  }

  /** Opens a blob with the request that brings its beginning, which mostly is all of it. */
  private BlobReader open(Digest blob, long expected) throws IOException {
    String file = S3Location.fileOf(blob);
    int length = (int) Math.min(expected, ObjectReader.WINDOW_BYTES);
    Optional<StoredFile> beginning =
        length == 0 ? Optional.empty() : bucket.readRange(file, 0, length, Optional.empty());
    if (beginning.isEmpty()) {
      // There is no range of what is empty, nor of what is not there.
      beginning = bucket.head(file);
    }
    return new ObjectReader(
        bucket,
        file,
        beginning.orElseThrow(
            () ->
                new GantryException(
                    Kind.NOT_FOUND, "blob %s: not in %s".formatted(blob, bucket.location()))),
        threads,
        aheads);
  }

  @Override
  public Optional<List<Digest>> blobs() throws IOException {
    return BlobListing.of(bucket);
  }

  @Override
  public void close() {
    threads.shutdownNow();
    bucket.close();
  }
}
