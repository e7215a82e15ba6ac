/// What can go wrong, as one exception type for each kind.
@NullMarked
package org.tuffdb.error;

import org.jspecify.annotations.NullMarked;
