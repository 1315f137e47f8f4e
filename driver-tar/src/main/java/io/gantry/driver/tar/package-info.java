/** The {@code tar:} scheme: an OCI archive, written to a file or to standard output. */
@NullMarked
package io.gantry.driver.tar;

import org.jspecify.annotations.NullMarked;
