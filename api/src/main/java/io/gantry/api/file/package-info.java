/** For carriers that are files: appear whole or not at all, and read nothing but regular files. */
@NullMarked
package io.gantry.api.file;

import org.jspecify.annotations.NullMarked;
