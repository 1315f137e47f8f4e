package io.gantry.driver.s3;

import io.gantry.api.GantryException;
import io.gantry.api.GantryException.Kind;
import io.gantry.api.driver.BlobWriter;
import io.gantry.api.driver.ImageDriver;
import io.gantry.api.driver.InitOptions;
import io.gantry.api.oci.Descriptor;
import io.gantry.api.oci.Index;
import io.gantry.api.provider.Options;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import org.jspecify.annotations.Nullable;

/**
 * Writes an OCI image layout into a bucket: blobs, then {@code oci-layout}, then {@code
 * index.json}, each of them whole or not at all.
 */
final class S3Driver implements ImageDriver {
  private final S3Location target;
  private final Options options;
  private final WriteSettings settings;
  private @Nullable Work work;

  S3Driver(S3Location target, Options options) throws GantryException {
    this.target = target;
    this.options = options;
    this.settings = WriteSettings.of(options);
    S3Clients.endpoint(options);
  }

  /** What there is between the beginning and the end of an export. */
  private record Work(
      Bucket bucket,
      LayoutFiles files,
      Conditions conditions,
      PresentBlobs present,
      BlobUploads uploads,
      PartBuffers buffers,
      ExecutorService threads,
      boolean overwrite) {}

  @Override
  public void init(InitOptions export) throws IOException {
    Bucket bucket = Bucket.open(target, options, Kind.TARGET_FAILED);
    boolean begun = false;
    try {
      work = begin(bucket, export);
      begun = true;
    } finally {
      if (!begun) {
        bucket.close();
      }
    }
  }

  private Work begin(Bucket bucket, InitOptions export) throws IOException {
    LayoutFiles files = new LayoutFiles(bucket);
    files.load();
    if (files.hasIndex() && !files.hasHeader()) {
      throw new GantryException(
          Kind.TARGET_EXISTS,
          "%s: is there, but no oci-layout beside it, so this is no OCI image layout; choose"
                  .formatted(files.indexUrl())
              + " another prefix");
    }
    if (!export.overwrite()) {
      // Whether the entries can be added is found out before the work begins, not after it.
      files.parseIndex();
    }
    for (Descriptor blob : export.blobs()) {
      settings.partBytes(blob);
    }
    Conditions conditions = conditions(files, export);
    StaleUploads.abort(bucket, Duration.ofDays(options.get(S3Options.STALE_UPLOAD_DAYS)));
    int connections = options.get(S3Options.CONNECTIONS);
    return new Work(
        bucket,
        files,
        conditions,
        PresentBlobs.among(bucket, export.blobs()),
        new BlobUploads(bucket, settings, export.notices()),
        new PartBuffers(connections, settings.partBytes()),
        RequestThreads.start("gantry-s3-upload", connections),
        export.overwrite());
  }

  private Conditions conditions(LayoutFiles files, InitOptions export) throws IOException {
    if (options.get(S3Options.LAST_WRITER_WINS)) {
      return Conditions.UNUSED;
    }
    Conditions conditions = files.probe(settings);
    if (conditions == Conditions.HONOURED) {
      return conditions;
    }
    String complaint =
        "%s: the service %s conditional writes, so that exports at the same time may lose entries"
            .formatted(files.indexUrl(), conditions == Conditions.IGNORED ? "ignores" : "refuses");
    if (files.hasIndex() && !export.overwrite()) {
      throw new GantryException(
          Kind.TARGET_FAILED,
          complaint + "; if this is the only one, set the option last-writer-wins=true");
    }
    export.notices().accept(complaint);
    return conditions;
  }

  private Work work() {
    if (work == null) {
      throw new IllegalStateException("init comes first");
    }
    return work;
  }

  @Override
  public boolean contains(Descriptor blob) throws IOException {
    return work().present().holds(blob);
  }

  @Override
  public BlobWriter blobWriter(Descriptor blob) throws IOException {
    Work work = work();
    if (blob.size() <= settings.partBytes()) {
      return new WholeBlobWriter(work.uploads(), work.buffers(), blob);
    }
    return new MultipartBlobWriter(
        new MultipartUpload(work.uploads(), blob, work.threads(), work.buffers()),
        work.buffers(),
        work.uploads().url(blob.digest()),
        blob,
        settings.partBytes(blob));
  }

  @Override
  public void writeIndex(Index index) throws IOException {
    Work work = work();
    work.files().publish(index, work.overwrite(), work.conditions(), settings);
  }

  @Override
  public int maxOpenWriters() {
    return options.get(S3Options.CONNECTIONS);
  }

  @Override
  public void close() {
    if (work != null) {
      work.threads().shutdownNow();
      work.bucket().close();
      work = null;
    }
  }
}
