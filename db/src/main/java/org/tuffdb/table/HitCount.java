package org.tuffdb.table;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/// A count that costs a nanosecond: threads count in different places, without atomic steps. Now
/// and then one gets lost, when two threads share a place and count at the same moment.
final class HitCount {
  private static final int PLACES = 32;

  /// Places this far apart do not lie in one cache line, nor in the one that is fetched with it.
  private static final int DISTANCE = 128 / Long.BYTES;

  private static final VarHandle LONG = MethodHandles.arrayElementVarHandle(long[].class);

  private final long[] counts = new long[PLACES * DISTANCE];

  void increment() {
    int place = ((int) Thread.currentThread().threadId() & (PLACES - 1)) * DISTANCE;
    LONG.setOpaque(counts, place, (long) LONG.getOpaque(counts, place) + 1);
  }

  long sum() {
    long sum = 0;
    for (int place = 0; place < counts.length; place += DISTANCE) {
      sum += (long) LONG.getOpaque(counts, place);
    }
    return sum;
  }
}
