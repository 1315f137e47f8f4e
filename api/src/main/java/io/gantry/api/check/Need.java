package io.gantry.api.check;

import io.gantry.api.oci.Annotations;
import io.gantry.api.oci.Descriptor;
import io.gantry.api.oci.Digest;
import io.gantry.api.oci.MediaTypes;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A descriptor that a walk came to, and the way that it took. */
final class Need {
  private final Descriptor blob;
  private final Map<String, String> names;
  private final @Nullable Need parent;

  private Need(Descriptor blob, Map<String, String> names, @Nullable Need parent) {
    this.blob = blob;
    this.names = names;
    this.parent = parent;
  }

  /** Returns the need of an entry in the index of a source. */
  static Need of(Descriptor root) {
    return new Need(root.bare(), root.annotations(), null);
  }

  /** Returns the need of something that this document lists. */
  Need child(Descriptor child) {
    return new Need(child.bare(), names, this);
  }

  Descriptor blob() {
    return blob;
  }

  /** Returns whether an index lists it, and not a manifest or the source itself. */
  boolean isOfAnIndex() {
    return parent != null && MediaTypes.isIndex(parent.blob.mediaType());
  }

  Trail trail() {
    Deque<Digest> documents = new ArrayDeque<>();
    for (Need above = parent; above != null; above = above.parent) {
      documents.addFirst(above.blob.digest());
    }
    return new Trail(
        Optional.ofNullable(names.get(Annotations.IMAGE_NAME))
            .or(() -> Optional.ofNullable(names.get(Annotations.REF_NAME))),
        List.copyOf(documents));
  }
}
