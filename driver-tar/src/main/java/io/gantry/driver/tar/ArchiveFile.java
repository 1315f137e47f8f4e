package io.gantry.driver.tar;

import io.gantry.api.GantryException;
import io.gantry.api.GantryException.Kind;
import io.gantry.api.file.AtomicFile;
import java.io.IOException;
import java.nio.channels.WritableByteChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Optional;

/** An archive in a file: written beside its place, and renamed when it is whole. */
final class ArchiveFile implements ArchiveOutput {
  private final Path file;
  private Optional<AtomicFile> part = Optional.empty();
  private boolean overwrite;

  ArchiveFile(Path file) {
    this.file = file;
  }

  @Override
  public int maxOpenWriters() {
    return Integer.MAX_VALUE;
  }

  @Override
  public void begin(boolean mayOverwrite) throws IOException {
    overwrite = mayOverwrite;
    Path place = file;
    if (Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
      if (!Files.isRegularFile(file)) {
        throw new GantryException(
            Kind.TARGET_EXISTS, file + " is not a regular file and cannot be replaced");
      }
      if (!overwrite) {
        throw exists(new FileAlreadyExistsException(file.toString()));
      }
      // Whoever keeps a link to the archive wants the archive replaced and not the link.
      place = file.toRealPath();
    }
    Path folder = place.toAbsolutePath().getParent();
    if (folder != null && !Files.isDirectory(folder)) {
      throw new GantryException(
          Kind.TARGET_FAILED, "%s: there is no folder %s; create it first".formatted(file, folder));
    }
    part = Optional.of(AtomicFile.create(place));
  }

  @Override
  public WritableByteChannel from(long position) {
    return new FileSection(part.orElseThrow().channel(), position);
  }

  @Override
  public void publish(boolean sync) throws IOException {
    try {
      part.orElseThrow().publish(overwrite, sync);
    } catch (FileAlreadyExistsException e) {
      throw exists(e);
    }
  }

  private GantryException exists(FileAlreadyExistsException cause) {
    return new GantryException(
        Kind.TARGET_EXISTS,
        file + " exists; choose another file, or replace it with --overwrite",
        cause);
  }

  @Override
  public void close() throws IOException {
    if (part.isPresent()) {
      part.get().close();
    }
  }

  @Override
  public String toString() {
    return file.toString();
  }
}
