/** What content stores and image drivers have in common: a scheme, declared options, a location. */
@NullMarked
package io.gantry.api.provider;

import org.jspecify.annotations.NullMarked;
