/** The {@code store:} scheme: a folder of blobs without names. */
@NullMarked
package io.gantry.store.filesystem;

import org.jspecify.annotations.NullMarked;
