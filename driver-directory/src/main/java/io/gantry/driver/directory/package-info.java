/** The {@code dir:} scheme: an OCI image layout in a folder, written and read. */
@NullMarked
package io.gantry.driver.directory;

import org.jspecify.annotations.NullMarked;
