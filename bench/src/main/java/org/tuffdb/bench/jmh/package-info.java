/// Benchmarks of the hot parts, each by itself, under JMH. Those that need what only the package of
/// their part can reach are classes of that package.
@NullMarked
package org.tuffdb.bench.jmh;

import org.jspecify.annotations.NullMarked;
