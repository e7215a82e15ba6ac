/// What the engine tells its listener, as typed values.
@NullMarked
package org.tuffdb.event;

import org.jspecify.annotations.NullMarked;
