package io.gantry.driver.tar;

import io.gantry.api.driver.BlobWriter;
import io.gantry.api.driver.ImageDriver;
import io.gantry.api.driver.InitOptions;
import io.gantry.api.driver.RunnableImage;
import io.gantry.api.oci.Descriptor;
import io.gantry.api.oci.Digest;
import io.gantry.api.oci.DigestAlgorithm;
import io.gantry.api.oci.DockerImage;
import io.gantry.api.oci.Index;
import io.gantry.api.oci.LayoutHeader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Writes an OCI archive. Its members are in byte order, as containerd's are: the blobs come in that
 * order, {@code index.json}, {@code manifest.json} and {@code oci-layout} follow, so that an
 * archive that was cut short has no index.
 *
 * <p>The sizes of blobs are known before their bytes, so the place of each is known when its writer
 * is opened: into a file they are written side by side, and the archive is the same.
 */
final class TarDriver implements ImageDriver {
  private static final String BLOBS = "blobs/";
  private static final int READ_ONLY = 0444;
  private static final int READ_WRITE = 0644;

  private final ArchiveOutput output;
  private final boolean dockerManifest;
  private final ConcurrentLinkedQueue<ByteBuffer> buffers = new ConcurrentLinkedQueue<>();

  /** Members that were begun and have no end yet. */
  private final AtomicInteger unfinished = new AtomicInteger();

  private Optional<DigestAlgorithm> folder = Optional.empty();
  private List<RunnableImage> images = List.of();
  private boolean sync;

  /** Where the next member begins. */
  private long position;

  TarDriver(ArchiveOutput output, boolean dockerManifest) {
    this.output = output;
    this.dockerManifest = dockerManifest;
  }

  @Override
  public int maxOpenWriters() {
    return output.maxOpenWriters();
  }

  @Override
  public void init(InitOptions options) throws IOException {
    images = options.images();
    sync = options.sync();
    output.begin(options.overwrite());
    TarWriter tar = writer();
    folder(tar, BLOBS);
    end(tar);
  }

  @Override
  public BlobWriter blobWriter(Descriptor blob) throws IOException {
    if (maxOpenWriters() == 1) {
      // Bytes that are in a stream cannot be taken out again.
      requireAllFinished();
    }
    TarWriter tar = writer();
    DigestAlgorithm algorithm = blob.digest().algorithm();
    String algorithmFolder = BLOBS + algorithm.id() + "/";
    if (!folder.equals(Optional.of(algorithm))) {
      folder(tar, algorithmFolder);
      folder = Optional.of(algorithm);
    }
    byte[] header =
        TarHeader.file(algorithmFolder + blob.digest().encoded(), READ_ONLY, blob.size());
    tar.header(header);
    position += header.length + blob.size() + TarHeader.padding(blob.size());
    unfinished.incrementAndGet();
    return new Member(tar, blob);
  }

  @Override
  public void writeIndex(Index index) throws IOException {
    requireAllFinished();
    TarWriter tar = writer();
    tar.file("index.json", READ_WRITE, index.toLayoutJson());
    if (dockerManifest && !images.isEmpty()) {
      tar.file(DockerImage.FILE_NAME, READ_WRITE, DockerManifest.toJson(images));
    }
    tar.file(LayoutHeader.FILE_NAME, READ_ONLY, LayoutHeader.toJson());
    tar.endArchive();
    end(tar);
    output.publish(sync);
  }

  private TarWriter writer() {
    ByteBuffer buffer = buffers.poll();
    return new TarWriter(
        output.from(position),
        output,
        buffer == null ? ByteBuffer.allocateDirect(TarWriter.BUFFER_BYTES) : buffer);
  }

  private void end(TarWriter tar) throws IOException {
    tar.flush();
    buffers.add(tar.buffer());
  }

  private void folder(TarWriter tar, String member) throws IOException {
    byte[] header = TarHeader.folder(member);
    tar.header(header);
    position += header.length;
  }

  /** After half a blob nothing follows. */
  private void requireAllFinished() throws IOException {
    if (unfinished.get() > 0) {
      throw new IOException(output + ": a blob was not finished, the archive cannot go on");
    }
  }

  @Override
  public void close() throws IOException {
    output.close();
  }

  /** One blob, at its place in the archive. */
  private final class Member implements BlobWriter {
    private final TarWriter tar;
    private final Descriptor blob;
    private long written;
    private boolean open = true;

    Member(TarWriter tar, Descriptor blob) {
      this.tar = tar;
      this.blob = blob;
    }

    @Override
    public int write(ByteBuffer src) throws IOException {
      int count = src.remaining();
      if (count > blob.size() - written) {
        throw new IOException(
            "%s: more than the %d bytes of %s".formatted(output, blob.size(), blob.digest()));
      }
      tar.content(src);
      written += count;
      return count;
    }

    @Override
    public void commit(long size, Digest digest) throws IOException {
      if (size != blob.size() || written != size || !digest.equals(blob.digest())) {
        throw new IOException(
            "%s: %d bytes written, asked to commit %d bytes of %s as %s"
                .formatted(output, written, size, digest, blob.digest()));
      }
      tar.endFile(size);
      end(tar);
      unfinished.decrementAndGet();
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
