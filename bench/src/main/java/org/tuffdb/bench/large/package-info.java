/// What a store of many millions of entries must keep to: memory, space, time to open, steadiness,
/// speed. `bench/large` runs it.
@NullMarked
package org.tuffdb.bench.large;

import org.jspecify.annotations.NullMarked;
