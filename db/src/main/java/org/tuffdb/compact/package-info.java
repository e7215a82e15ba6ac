/// Flush and compaction: what is due, which a pure function chooses, and the merging that does it.
@NullMarked
package org.tuffdb.compact;

import org.jspecify.annotations.NullMarked;
