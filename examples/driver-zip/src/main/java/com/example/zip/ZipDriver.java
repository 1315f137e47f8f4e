package com.example.zip;

import io.gantry.api.GantryException;
import io.gantry.api.GantryException.Kind;
import io.gantry.api.driver.BlobWriter;
import io.gantry.api.driver.ImageDriver;
import io.gantry.api.driver.InitOptions;
import io.gantry.api.file.AtomicFile;
import io.gantry.api.file.FileFailure;
import io.gantry.api.oci.Descriptor;
import io.gantry.api.oci.Digest;
import io.gantry.api.oci.Index;
import io.gantry.api.oci.LayoutHeader;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * Writes an image layout into a zip file, one blob after the other, beside the place where it will
 * be. {@code ZipOutputStream} knows neither size nor checksum of an entry before its end, so both
 * follow the content, which is deflated even at level 0, where that costs a few bytes for each block.
 */
final class ZipDriver implements ImageDriver {
  /** The same for all, so that equal images are equal files. Java writes January in local time. */
  private static final LocalDateTime TIME = LocalDateTime.of(1980, 2, 1, 0, 0);

  private static final int BUFFER_BYTES = 64 * 1024;

  private final Path file;
  private final int level;
  private InitOptions options;
  private AtomicFile part;
  private PartZip zip;

  /** Whether a blob was begun and has no end yet; what is in a stream cannot be taken back. */
  private boolean unfinished;

  ZipDriver(Path file, int level) {
    this.file = file;
    this.level = level;
  }

  @Override
  public void init(InitOptions announced) throws IOException {
    options = announced;
    Path place = file;
    if (Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
      if (!Files.isRegularFile(file)) {
        throw new GantryException(
            Kind.TARGET_EXISTS, file + " is not a regular file and cannot be replaced");
      }
      if (!options.overwrite()) {
        throw exists();
      }
      // Whoever keeps a link to the file wants the file replaced and not the link.
      place = file.toRealPath();
    }
    try {
      part = AtomicFile.create(place);
    } catch (IOException e) {
      throw GantryException.of(Kind.TARGET_FAILED, "cannot create " + file, e);
    }
    zip = new PartZip(new BufferedOutputStream(new PartStream(), BUFFER_BYTES));
    zip.setLevel(level);
  }

  @Override
  public BlobWriter blobWriter(Descriptor blob) throws IOException {
    requireFinished();
    begin("blobs/" + blob.digest().algorithm().id() + "/" + blob.digest().encoded());
    unfinished = true;
    return new Entry(blob);
  }

  @Override
  public void writeIndex(Index index) throws IOException {
    requireFinished();
    write("index.json", index.toLayoutJson());
    write(LayoutHeader.FILE_NAME, LayoutHeader.toJson());
    zip.finish();
    zip.flush();
    try {
      part.publish(options.overwrite(), options.sync());
    } catch (FileAlreadyExistsException e) {
      throw exists();
    } catch (IOException e) {
      throw FileFailure.at(file, e);
    }
  }

  @Override
  public void close() throws IOException {
    if (zip != null) {
      zip.close();
    }
    if (part != null) {
      part.close();
    }
  }

  private void begin(String name) throws IOException {
    ZipEntry entry = new ZipEntry(name);
    entry.setTimeLocal(TIME);
    zip.putNextEntry(entry);
  }

  private void write(String name, byte[] content) throws IOException {
    begin(name);
    zip.write(content);
    zip.closeEntry();
  }

  private void requireFinished() throws IOException {
    if (unfinished) {
      throw new IOException(file + ": a blob was not finished, the file cannot go on");
    }
  }

  private GantryException exists() {
    return new GantryException(
        Kind.TARGET_EXISTS, file + " exists; choose another file, or replace it with --overwrite");
  }

  /** Frees what it deflates with, and writes nothing: what is given up needs no end. */
  private static final class PartZip extends ZipOutputStream {
    PartZip(OutputStream out) {
      super(out);
    }

    @Override
    public void close() {
      def.end();
    }
  }

  /** The file until it is published. A channel does not say which file it could not write. */
  private final class PartStream extends OutputStream {
    private final OutputStream out = Channels.newOutputStream(part.channel());

    @Override
    public void write(int b) throws IOException {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      try {
        out.write(bytes, offset, length);
      } catch (IOException e) {
        throw FileFailure.at(file, e);
      }
    }
  }

  /**
   * One blob, which becomes the next entry. It is deflated in pieces of one size, as what comes out
   * depends on them, and the same blob must give the same bytes however it was written.
   */
  private final class Entry implements BlobWriter {
    private final Descriptor blob;
    private final ByteBuffer piece = ByteBuffer.allocate(BUFFER_BYTES);
    private boolean open = true;

    Entry(Descriptor blob) {
      this.blob = blob;
    }

    @Override
    public int write(ByteBuffer src) throws IOException {
      int count = src.remaining();
      while (src.hasRemaining()) {
        ByteBuffer next = src.slice().limit(Math.min(src.remaining(), piece.remaining()));
        src.position(src.position() + next.remaining());
        piece.put(next);
        if (!piece.hasRemaining()) {
          deflate();
        }
      }
      return count;
    }

    private void deflate() throws IOException {
      zip.write(piece.array(), 0, piece.position());
      piece.clear();
    }

    @Override
    public void commit(long size, Digest digest) throws IOException {
      if (size != blob.size() || !digest.equals(blob.digest())) {
        throw new IOException(
            "%s: %d bytes of %s are not blob %s".formatted(file, size, digest, blob.digest()));
      }
      deflate();
      zip.closeEntry();
      unfinished = false;
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
