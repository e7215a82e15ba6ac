/// TuffDB beside the stores that users would pick instead: the same work, in the same run.
@NullMarked
package org.tuffdb.bench.compare;

import org.jspecify.annotations.NullMarked;
