/** Where images come from: a content store hands out blobs by descriptor, read by position. */
@NullMarked
package io.gantry.api.content;

import org.jspecify.annotations.NullMarked;
