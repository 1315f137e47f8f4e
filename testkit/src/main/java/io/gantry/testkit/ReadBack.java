package io.gantry.testkit;

import static java.util.Objects.requireNonNull;

import io.gantry.api.oci.Digest;
import io.gantry.api.oci.Index;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What a fresh reader finds at a target: the index if one is published, and the blobs. Read by
 * other code than the driver's, or the test proves little. Immutable.
 */
public final class ReadBack {
  private static final Pattern BLOB = Pattern.compile("blobs/(sha256|sha512)/([0-9a-f]+)");

  private final Optional<Index> index;
  private final Map<Digest, byte[]> blobs;
  private final Map<String, byte[]> files;

  private ReadBack(Optional<Index> index, Map<Digest, byte[]> blobs, Map<String, byte[]> files) {
    this.index = requireNonNull(index, "index");
    this.blobs = Map.copyOf(blobs);
    this.files = Map.copyOf(files);
  }

  /**
   * Returns what was found on a carrier that is no OCI image layout.
   *
   * @param index empty when nothing is published
   */
  public static ReadBack of(Optional<Index> index, Map<Digest, byte[]> blobs) {
    return new ReadBack(index, blobs, Map.of());
  }

  /**
   * Returns what was found on a carrier that holds an OCI image layout.
   *
   * @param files content by name, with {@code /} in the names; files that are not of the layout do
   *     no harm
   * @throws IOException if there is an {@code index.json} and it is not an index
   */
  public static ReadBack ofLayout(Map<String, byte[]> files) throws IOException {
    byte[] json = files.get("index.json");
    Map<Digest, byte[]> blobs = new LinkedHashMap<>();
    files.forEach(
        (name, content) -> {
          var matcher = BLOB.matcher(name);
          if (matcher.matches()) {
            blobs.put(Digest.parse(matcher.group(1) + ":" + matcher.group(2)), content);
          }
        });
    return new ReadBack(
        json == null ? Optional.empty() : Optional.of(Index.parseLayoutIndex("index.json", json)),
        blobs,
        files);
  }

  /**
   * Returns what is in a folder that is an OCI image layout, or that does not exist.
   *
   * @throws IOException if it cannot be read
   */
  public static ReadBack ofLayout(Path folder) throws IOException {
    Map<String, byte[]> files = new LinkedHashMap<>();
    if (Files.isDirectory(folder)) {
      List<Path> found;
      try (Stream<Path> tree = Files.walk(folder)) {
        found = tree.filter(Files::isRegularFile).toList();
      }
      for (Path file : found) {
        files.put(folder.relativize(file).toString().replace('\\', '/'), Files.readAllBytes(file));
      }
    }
    return ofLayout(files);
  }

  /** Returns the index as published, empty when nothing is. */
  public Optional<Index> index() {
    return index;
  }

  /** Returns the digests of all blobs that a reader could find, named by the index or not. */
  public Set<Digest> digests() {
    return blobs.keySet();
  }

  /** Returns the content of a blob. */
  public Optional<byte[]> blob(Digest digest) {
    return Optional.ofNullable(blobs.get(digest)).map(byte[]::clone);
  }

  /** Returns the files of the layout, none when the carrier is no layout. */
  Map<String, byte[]> files() {
    return files;
  }
}
