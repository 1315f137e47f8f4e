package io.gantry.api.oci;

import static java.util.Objects.requireNonNull;

import io.gantry.api.GantryException;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * An image index: the manifests of an image for several platforms, or the {@code index.json} of a
 * layout, whose entries are the images that it offers.
 *
 * @param mediaType the OCI index or Docker manifest list type
 * @param artifactType the type of the artifact, when this is one
 * @param manifests the entries, the best match first
 * @param subject the manifest that this index is about
 * @see <a href="https://github.com/opencontainers/image-spec/blob/main/image-index.md">image-spec,
 *     image index</a>
 */
public record Index(
    String mediaType,
    Optional<String> artifactType,
    List<Descriptor> manifests,
    Optional<Descriptor> subject)
    implements ImageDocument {

  /** Copies the entries. */
  public Index {
    requireNonNull(mediaType, "mediaType");
    requireNonNull(artifactType, "artifactType");
    requireNonNull(subject, "subject");
    manifests = List.copyOf(manifests);
  }

  /** Returns an index that offers these images. */
  public static Index of(List<Descriptor> manifests) {
    return new Index(MediaTypes.OCI_INDEX, Optional.empty(), manifests, Optional.empty());
  }

  /**
   * Parses the {@code index.json} of a layout.
   *
   * @param origin where the bytes are from, for messages
   * @param bytes the content of the file
   * @throws GantryException of kind {@code INVALID_IMAGE} if it is not an index
   */
  public static Index parseLayoutIndex(String origin, byte[] bytes) throws GantryException {
    return OciJson.parse(origin, bytes).toIndex(MediaTypes.OCI_INDEX);
  }

  /** Returns the entries of this index; an index has no other children. */
  @Override
  public List<Descriptor> children() {
    return manifests;
  }

  /**
   * Returns this index as the bytes of an {@code index.json}, the ones that containerd writes for
   * the same entries: no white space, and members in the order of the image-spec's Go types. Never
   * to be used for a blob: a blob's bytes are kept as they are.
   */
  public byte[] toLayoutJson() {
    return IndexJson.of(manifests);
  }

  /**
   * Returns an index with other entries, and all else as it is.
   *
   * @param origin where the bytes are from, for messages
   * @param content the index so far
   * @param entries what becomes of each of its entries: another digest and size, or empty to leave
   *     it out
   * @throws GantryException of kind {@code INVALID_IMAGE} if {@code content} is not an index
   */
  public static byte[] rewritten(String origin, byte[] content, List<Optional<Descriptor>> entries)
      throws GantryException {
    return IndexJson.rewritten(OciJson.parse(origin, content).root(), entries);
  }

  /**
   * Returns the {@code index.json} that holds what another one holds and the entries of this one.
   * An entry of the same name is replaced where it stands, an unnamed one of the same digest is not
   * repeated, and all else stays as it is, with unknown members and the order intact.
   *
   * @param origin where the bytes are from, for messages
   * @param current the content of the {@code index.json} so far
   * @throws GantryException of kind {@code INVALID_IMAGE} if {@code current} is not an index
   */
  public byte[] addedTo(String origin, byte[] current) throws GantryException {
    OciJson json = OciJson.parse(origin, current);
    json.toIndex(MediaTypes.OCI_INDEX);
    return IndexJson.withEntries(json.root(), manifests);
  }

  /**
   * Returns an {@code index.json} without some of its entries. All else stays as it is, with
   * unknown members and the order intact.
   *
   * @param origin where the bytes are from, for messages
   * @param current the content of the {@code index.json} so far
   * @param unwanted which entries to leave out
   * @throws GantryException of kind {@code INVALID_IMAGE} if {@code current} is not an index
   */
  public static byte[] withoutEntries(String origin, byte[] current, Predicate<Descriptor> unwanted)
      throws GantryException {
    OciJson json = OciJson.parse(origin, current);
    List<Descriptor> entries = json.toIndex(MediaTypes.OCI_INDEX).manifests();
    return IndexJson.rewritten(
        json.root(),
        entries.stream().map(entry -> Optional.of(entry).filter(unwanted.negate())).toList());
  }
}
