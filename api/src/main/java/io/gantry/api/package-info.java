/** The one exception that a user of Gantry must know. */
@NullMarked
package io.gantry.api;

import org.jspecify.annotations.NullMarked;
