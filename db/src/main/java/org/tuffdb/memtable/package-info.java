/// The newest entries, ordered in memory outside the heap.
@NullMarked
package org.tuffdb.memtable;

import org.jspecify.annotations.NullMarked;
