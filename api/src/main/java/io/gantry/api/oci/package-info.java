/**
 * The OCI image model: digests, descriptors, manifests, indexes, platforms and names, parsed
 * strictly and never re-serialised where a digest depends on the bytes.
 */
@NullMarked
package io.gantry.api.oci;

import org.jspecify.annotations.NullMarked;
