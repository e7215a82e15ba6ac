/// Comparing, varints, checksums, and the header that every file begins with.
@NullMarked
package org.tuffdb.bytes;

import org.jspecify.annotations.NullMarked;
