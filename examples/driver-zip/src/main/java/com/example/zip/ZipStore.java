package com.example.zip;

import io.gantry.api.GantryException;
import io.gantry.api.GantryException.Kind;
import io.gantry.api.content.BlobReader;
import io.gantry.api.content.ContentStore;
import io.gantry.api.content.ManifestReader;
import io.gantry.api.oci.Descriptor;
import io.gantry.api.oci.Digest;
import io.gantry.api.oci.Index;
import io.gantry.api.oci.LayoutHeader;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;

/**
 * The image layout in a zip file. Nothing is unpacked and no name becomes a path: entries are
 * looked up by the names that a layout has, and the export counts and hashes what is in them. What
 * is left to refuse is a file that is another image to those who do unpack it.
 */
final class ZipStore implements ContentStore {
  /** About a hundred thousand images. */
  private static final int MAX_INDEX_BYTES = 32 * 1024 * 1024;

  private final Path file;
  private final ZipFile zip;

  /** By the name that unpacking gives them; folders have a slash at the end. */
  private final NavigableMap<String, ZipEntry> entries = new TreeMap<>();

  private List<Descriptor> roots = List.of();

  private ZipStore(Path file, ZipFile zip) {
    this.file = file;
    this.zip = zip;
  }

  static ContentStore open(Path file) throws IOException {
    if (!Files.isRegularFile(file)) {
      throw new GantryException(Kind.NOT_FOUND, file + ": no such file, or not a regular one");
    }
    ZipStore store = new ZipStore(file, openZip(file));
    try {
      store.readNames();
      store.readIndex();
      return store;
    } catch (IOException | RuntimeException e) {
      try {
        store.close();
      } catch (IOException unclosed) {
        e.addSuppressed(unclosed);
      }
      throw e;
    }
  }

  private static ZipFile openZip(Path file) throws IOException {
    try {
      return new ZipFile(file.toFile());
    } catch (ZipException e) {
      throw new GantryException(
          Kind.INVALID_IMAGE,
          "%s: no zip file, or cut short or encrypted: %s".formatted(file, e.getMessage()),
          e);
    }
  }

  private void readNames() throws GantryException {
    for (ZipEntry entry : Collections.list(zip.entries())) {
      String name = entry.getName();
      if (name.equals("./")) {
        continue;
      }
      if (name.startsWith("./")) {
        name = name.substring(2); // as bsdtar writes them
      }
      if (leadsOut(name)) {
        throw invalid("the name of an entry leads out of the layout");
      }
      if (!isPlain(name)) {
        throw invalid("the name of an entry can be read in two ways");
      }
      if (entry.getSize() < 0) {
        throw invalid("the size of an entry is negative");
      }
      if (entries.put(name, entry) != null) {
        throw invalid("two entries have one name, and readers could take either");
      }
    }
    for (String name : entries.keySet()) {
      String next = entries.ceilingKey(name + "/");
      if (next != null && next.startsWith(name + "/")) {
        throw invalid("an entry is a file and a folder, and readers could take either");
      }
    }
  }

  private static boolean leadsOut(String name) {
    List<String> parts = List.of(name.split("[/\\\\]", -1));
    return parts.get(0).isEmpty() || parts.contains("..");
  }

  /** Returns whether there is no other way to write the name; some read a backslash as a slash. */
  private static boolean isPlain(String name) {
    String path = "/" + name + (name.endsWith("/") ? "" : "/");
    return !path.contains("//") && !path.contains("/./") && !name.contains("\\");
  }

  private void readIndex() throws IOException {
    LayoutHeader.check(
        file + ": " + LayoutHeader.FILE_NAME, read(LayoutHeader.FILE_NAME, LayoutHeader.MAX_BYTES));
    roots =
        Index.parseLayoutIndex(file + ": index.json", read("index.json", MAX_INDEX_BYTES))
            .manifests();
  }

  private byte[] read(String name, int limit) throws IOException {
    ZipEntry entry = entries.get(name);
    if (entry == null) {
      throw invalid(
          "has no %s; zip what is in the layout, and not its folder: cd LAYOUT && zip -r FILE ."
              .formatted(name));
    }
    try (InputStream in = zip.getInputStream(entry)) {
      byte[] content = in.readNBytes(limit + 1);
      if (content.length > limit) {
        throw invalid("%s has more than %d bytes".formatted(name, limit));
      }
      return content;
    } catch (ZipException | EOFException e) {
      throw invalid("%s cannot be inflated: %s".formatted(name, e.getMessage()));
    }
  }

  private GantryException invalid(String complaint) {
    return new GantryException(Kind.INVALID_IMAGE, file + ": " + complaint);
  }

  @Override
  public List<Descriptor> roots() {
    return roots;
  }

  @Override
  public Descriptor resolve(Digest digest) throws IOException {
    try (BlobReader reader = open(digest)) {
      return ManifestReader.describe(digest, reader);
    }
  }

  @Override
  public BlobReader open(Descriptor blob) throws IOException {
    return open(blob.digest());
  }

  private BlobReader open(Digest digest) throws IOException {
    ZipEntry entry = entries.get("blobs/" + digest.algorithm().id() + "/" + digest.encoded());
    if (entry == null) {
      throw new GantryException(Kind.NOT_FOUND, "blob %s: not found in %s".formatted(digest, file));
    }
    return new ZipBlobReader(zip, entry);
  }

  @Override
  public Optional<List<Digest>> blobs() {
    List<Digest> digests = new ArrayList<>();
    for (String name : entries.keySet()) {
      String[] parts = name.split("/", -1);
      if (parts.length == 3 && parts[0].equals("blobs")) {
        try {
          digests.add(Digest.parse(parts[1] + ":" + parts[2]));
        } catch (IllegalArgumentException noBlob) {
          // A folder, or something that is not of the layout.
        }
      }
    }
    Collections.sort(digests);
    return Optional.of(digests);
  }

  @Override
  public void close() throws IOException {
    zip.close();
  }
}
