/** Looking after what was exported: taking names away, and the blobs that nothing needs. */
@NullMarked
package io.gantry.api.layout;

import org.jspecify.annotations.NullMarked;
