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

/**
 * Writes an OCI archive in one pass. Its members are in byte order, as containerd's are: the blobs
 * come in that order, {@code index.json}, {@code manifest.json} and {@code oci-layout} follow, so
 * that an archive that was cut short has no index.
 */
final class TarDriver implements ImageDriver {
  private static final String BLOBS = "blobs/";
  private static final int READ_ONLY = 0444;
  private static final int READ_WRITE = 0644;

  private final ArchiveOutput output;
  private final boolean dockerManifest;
  private Optional<TarWriter> writer = Optional.empty();
  private Optional<DigestAlgorithm> folder = Optional.empty();
  private List<RunnableImage> images = List.of();
  private boolean broken;

  TarDriver(ArchiveOutput output, boolean dockerManifest) {
    this.output = output;
    this.dockerManifest = dockerManifest;
  }

  @Override
  public void init(InitOptions options) throws IOException {
    images = options.images();
    TarWriter tar = new TarWriter(output.begin(options.overwrite()), output);
    tar.folder(BLOBS);
    writer = Optional.of(tar);
  }

  @Override
  public BlobWriter blobWriter(Descriptor blob) throws IOException {
    TarWriter tar = whole();
    DigestAlgorithm algorithm = blob.digest().algorithm();
    String algorithmFolder = BLOBS + algorithm.id() + "/";
    if (!folder.equals(Optional.of(algorithm))) {
      tar.folder(algorithmFolder);
      folder = Optional.of(algorithm);
    }
    broken = true;
    tar.beginFile(algorithmFolder + blob.digest().encoded(), READ_ONLY, blob.size());
    return new Member(tar, blob);
  }

  @Override
  public void writeIndex(Index index) throws IOException {
    TarWriter tar = whole();
    tar.file("index.json", READ_WRITE, index.toLayoutJson());
    if (dockerManifest && !images.isEmpty()) {
      tar.file(DockerImage.FILE_NAME, READ_WRITE, DockerManifest.toJson(images));
    }
    tar.file(LayoutHeader.FILE_NAME, READ_ONLY, LayoutHeader.toJson());
    tar.finish();
    output.publish();
  }

  /** Bytes that are in an archive cannot be taken out again: after half a blob nothing follows. */
  private TarWriter whole() throws IOException {
    if (broken) {
      throw new IOException(output + ": a blob was not finished, the archive cannot go on");
    }
    return writer.orElseThrow();
  }

  @Override
  public void close() throws IOException {
    output.close();
  }

  /** The content of one blob, in the midst of the archive. */
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
      broken = false;
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
