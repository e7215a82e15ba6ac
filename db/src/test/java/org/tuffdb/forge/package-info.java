/// Files of a store that are made wrong, with all checksums right.
@NullMarked
package org.tuffdb.forge;

import org.jspecify.annotations.NullMarked;
