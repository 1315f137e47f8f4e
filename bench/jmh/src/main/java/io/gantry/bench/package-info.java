/** One class for each question of what takes time; run by JMH. */
@NullMarked
package io.gantry.bench;

import org.jspecify.annotations.NullMarked;
