/** Finding the drivers and stores that are installed. */
@NullMarked
package io.gantry.api.plugin;

import org.jspecify.annotations.NullMarked;
