/// A fuzzer that is guided by the branches that its inputs take.
@NullMarked
package org.tuffdb.fuzz;

import org.jspecify.annotations.NullMarked;
