/** The {@code gantry} command: finds drivers at run time, exports, and reports what it did. */
@NullMarked
package io.gantry.cli;

import org.jspecify.annotations.NullMarked;
