/// Short runs of the campaigns, and stores on which they must fail.
@NullMarked
package org.tuffdb.torture;

import org.jspecify.annotations.NullMarked;
