/** The {@code s3:} scheme: an OCI image layout in a bucket, written and read. */
@NullMarked
package io.gantry.driver.s3;

import org.jspecify.annotations.NullMarked;
