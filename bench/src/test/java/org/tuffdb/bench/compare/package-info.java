@NullMarked
package org.tuffdb.bench.compare;

import org.jspecify.annotations.NullMarked;
