/// Sorted tables of entries in files of their own, and how they are written and read.
@NullMarked
package org.tuffdb.table;

import org.jspecify.annotations.NullMarked;
