package org.tuffdb.workload;

import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.jspecify.annotations.Nullable;

/// The entries of a run, numbered in the order of their keys. Arrays that are returned may be the
/// given ones or the entries' own: they are only read.
abstract class Entries {
  private final long seed;
  private final int count;
  private int @Nullable [] shuffled;
  private int shuffledCount;
  private int shuffledSalt;

  Entries(long seed, int count) {
    this.seed = seed;
    this.count = count;
  }

  static RandomGenerator random(long seed) {
    return RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
  }

  final long seed() {
    return seed;
  }

  /// How many there are.
  final int count() {
    return count;
  }

  abstract int keyBytesMax();

  abstract int valueBytesMax();

  /// How long key and value are together, on average.
  abstract double entryBytes();

  /// @param buffer of [#keyBytesMax()] bytes
  abstract byte[] key(long number, byte[] buffer);

  /// @param version another value for each
  /// @param buffer of [#valueBytesMax()] bytes
  abstract byte[] value(long number, int version, byte[] buffer);

  /// Whether `value`, of which `length` bytes were found, is that of the entry.
  abstract boolean isValue(long number, int version, byte[] value, int length);

  final byte[] keyBuffer() {
    return new byte[keyBytesMax()];
  }

  final byte[] valueBuffer() {
    return new byte[valueBytesMax()];
  }

  /// What a scan from entry `from` to the one before `limit` adds up: see [Sum].
  final long sum(int from, int limit) {
    byte[] key = keyBuffer();
    byte[] value = valueBuffer();
    long sum = 0;
    for (int number = from; number < limit; number++) {
      sum += Sum.of(key(number, key)) + Sum.of(value(number, 0, value));
    }
    return sum;
  }

  /// All numbers below `limit` in an order that depends on the seed and on `salt`. The array is
  /// shared by the threads of a run.
  final synchronized int[] shuffled(int limit, int salt) {
    if (shuffled == null || shuffledCount != limit || shuffledSalt != salt) {
      shuffled = shuffle(limit, random(seed + 1 + salt));
      shuffledCount = limit;
      shuffledSalt = salt;
    }
    return shuffled;
  }

  private static int[] shuffle(int limit, RandomGenerator random) {
    int[] numbers = new int[limit];
    for (int i = 0; i < limit; i++) {
      int other = random.nextInt(i + 1);
      numbers[i] = numbers[other];
      numbers[other] = i;
    }
    return numbers;
  }
}
