package org.tuffdb.bench.large;

/// All numbers below `count`, each once, in an order that depends on a seed and keeps nothing in
/// memory. Neighbours lie a constant stride apart; since keys look random, theirs is a random order
/// all the same, and it differs from that of the numbers.
record Shuffle(long count, long stride) {
  private static final long COUNT_MAX = Integer.MAX_VALUE;

  static Shuffle of(long count, long seed) {
    if (count < 1 || count > COUNT_MAX) {
      throw new Misuse("from 1 to %,d entries".formatted(COUNT_MAX));
    }
    long stride = 1 + Math.floorMod(Entries.mix(seed), count);
    while (greatestCommonDivisor(stride, count) != 1) {
      stride++;
    }
    return new Shuffle(count, stride);
  }

  long at(long index) {
    return index * stride % count;
  }

  private static long greatestCommonDivisor(long a, long b) {
    return b == 0 ? a : greatestCommonDivisor(b, a % b);
  }
}
