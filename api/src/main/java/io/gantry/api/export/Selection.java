package io.gantry.api.export;

import static java.util.Objects.requireNonNull;

import io.gantry.api.GantryException;
import io.gantry.api.GantryException.Kind;
import io.gantry.api.oci.Digest;
import io.gantry.api.provider.Location;
import java.util.List;

/** Which image of a source is meant. */
public sealed interface Selection {

  /**
   * The image of this name: a full name, or a tag.
   *
   * @param name in any form that people write
   */
  record ByName(String name) implements Selection {
    /** Checks that the name is not null. */
    public ByName {
      requireNonNull(name, "name");
    }

    @Override
    public String toString() {
      return name;
    }
  }

  /**
   * The image of this digest, whether the source offers it by name or not.
   *
   * @param digest of a manifest or an index
   */
  record ByDigest(Digest digest) implements Selection {
    /** Checks that the digest is not null. */
    public ByDigest {
      requireNonNull(digest, "digest");
    }

    @Override
    public String toString() {
      return "@" + digest;
    }
  }

  /**
   * The image at this place of the source's {@code index.json}, as skopeo counts.
   *
   * @param position from 0
   */
  record ByPosition(int position) implements Selection {
    /**
     * Checks the number.
     *
     * @throws IllegalArgumentException if it is negative
     */
    public ByPosition {
      if (position < 0) {
        throw new IllegalArgumentException("position %d is negative".formatted(position));
      }
    }

    @Override
    public String toString() {
      return "@" + position;
    }
  }

  /**
   * Parses what people write: {@code @DIGEST}, {@code @POSITION}, anything else is a name.
   *
   * @throws GantryException of kind {@code INVALID_ARGUMENT} if there is neither a digest nor a
   *     number after an at sign
   */
  static Selection parse(String text) throws GantryException {
    if (!text.startsWith("@")) {
      return new ByName(text);
    }
    String rest = text.substring(1);
    try {
      return rest.contains(":")
          ? new ByDigest(Digest.parse(rest))
          : new ByPosition(Integer.parseInt(rest));
    } catch (IllegalArgumentException e) {
      throw new GantryException(
          Kind.INVALID_ARGUMENT,
          "'%s' selects no image: expected a name, @ and a digest, or @ and a position from 0"
              .formatted(text),
          e);
    }
  }

  /**
   * Returns what a source selects by itself: one image or, if it has neither name nor digest, none
   * in particular.
   *
   * @throws GantryException of kind {@code INVALID_ARGUMENT} as {@link #parse} has it
   */
  static List<Selection> of(Location source) throws GantryException {
    if (source.digest().isPresent()) {
      return List.of(new ByDigest(source.digest().get()));
    }
    return source.name().isPresent() ? List.of(parse(source.name().get())) : List.of();
  }
}
