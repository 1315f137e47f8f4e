/**
 * The rules for drivers and stores as tests, and what to test with: images of any shape, a store
 * and a driver in memory, and faults to put in their way.
 */
@NullMarked
package io.gantry.testkit;

import org.jspecify.annotations.NullMarked;
