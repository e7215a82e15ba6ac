/// The write-ahead log: append, sync, roll, seal and replay. It knows bytes only.
@NullMarked
package org.tuffdb.log;

import org.jspecify.annotations.NullMarked;
