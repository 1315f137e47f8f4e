/** Looking for faults: everything that the images of a source need, read and hashed again. */
@NullMarked
package io.gantry.api.check;

import org.jspecify.annotations.NullMarked;
