/** Where images go to: the contract that a driver author implements. */
@NullMarked
package io.gantry.api.driver;

import org.jspecify.annotations.NullMarked;
