/// Crashes, faults and missing syncs, tried by the thousand on a file system that loses power.
@NullMarked
package org.tuffdb.crash;

import org.jspecify.annotations.NullMarked;
