/// Benchmarks, and stress tests that need a harness of their own.
@NullMarked
package org.tuffdb.bench;

import org.jspecify.annotations.NullMarked;
