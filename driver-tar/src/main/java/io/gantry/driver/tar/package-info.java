/** The {@code tar:} scheme: an archive of images, in a file or on a standard stream. */
@NullMarked
package io.gantry.driver.tar;

import org.jspecify.annotations.NullMarked;
