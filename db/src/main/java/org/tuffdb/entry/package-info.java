/// Internal keys, entry kinds, the batch format, and cursors over entries with their merging.
@NullMarked
package org.tuffdb.entry;

import org.jspecify.annotations.NullMarked;
