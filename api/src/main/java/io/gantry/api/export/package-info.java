/** The walk over an image, the plan it yields and the verified export of that plan. */
@NullMarked
package io.gantry.api.export;

import org.jspecify.annotations.NullMarked;
