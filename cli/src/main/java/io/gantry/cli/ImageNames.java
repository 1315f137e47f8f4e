package io.gantry.cli;

import io.gantry.api.oci.Annotations;
import io.gantry.api.oci.Descriptor;

/** What people call an entry of an index. */
final class ImageNames {
  private ImageNames() {}

  /** Returns the full name if it is known, else the tag, else that there is none. */
  static String of(Descriptor entry) {
    String tag = entry.annotations().getOrDefault(Annotations.REF_NAME, "an entry without a name");
    return entry.annotations().getOrDefault(Annotations.IMAGE_NAME, tag);
  }
}
