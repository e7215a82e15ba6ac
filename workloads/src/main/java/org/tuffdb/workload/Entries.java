package org.tuffdb.workload;

import java.util.Arrays;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/// The entries of a run, each of which follows from its number.
///
/// ```
/// key    16 decimal digits, padded with zeros
/// value  a piece of a pool in which each 50 random bytes stand twice: half of it can be compressed.
///        Where it begins follows from number and version.
/// ```
final class Entries {
  static final int KEY_BYTES = 16;

  private static final int POOL_BYTES = 1 << 20;
  private static final int REPEATED_BYTES = 50;

  // Of SplitMix64.
  private static final long STEP = 0x9E37_79B9_7F4A_7C15L;
  private static final long FACTOR = 0xBF58_476D_1CE4_E5B9L;
  private static final long FACTOR_2 = 0x94D0_49BB_1331_11EBL;

  private final long seed;
  private final int valueBytes;
  private final byte[] pool;

  Entries(Settings settings) {
    this.seed = settings.seed();
    this.valueBytes = settings.valueBytes();
    this.pool = pool(random(seed), POOL_BYTES + valueBytes);
  }

  private static byte[] pool(RandomGenerator random, int bytes) {
    byte[] pool = new byte[bytes];
    byte[] piece = new byte[REPEATED_BYTES];
    for (int at = 0; at < bytes; at += REPEATED_BYTES) {
      if (at / REPEATED_BYTES % 2 == 0) {
        random.nextBytes(piece);
      }
      System.arraycopy(piece, 0, pool, at, Math.min(REPEATED_BYTES, bytes - at));
    }
    return pool;
  }

  static RandomGenerator random(long seed) {
    return RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
  }

  int valueBytes() {
    return valueBytes;
  }

  static void key(long number, byte[] key) {
    long rest = number;
    for (int at = KEY_BYTES - 1; at >= 0; at--) {
      long tenth = rest / 10;
      key[at] = (byte) ('0' + (rest - tenth * 10));
      rest = tenth;
    }
  }

  void value(long number, int version, byte[] value) {
    System.arraycopy(pool, poolOffset(number, version), value, 0, valueBytes);
  }

  /// Whether `value`, of which `length` bytes were found, is that of the entry.
  boolean isValue(long number, int version, byte[] value, int length) {
    int offset = poolOffset(number, version);
    return length == valueBytes
        && Arrays.equals(value, 0, length, pool, offset, offset + valueBytes);
  }

  private int poolOffset(long number, int version) {
    return (int) (mix(seed + number * STEP + version) & (POOL_BYTES - 1));
  }

  private static long mix(long value) {
    long mixed = (value ^ (value >>> 30)) * FACTOR;
    mixed = (mixed ^ (mixed >>> 27)) * FACTOR_2;
    return mixed ^ (mixed >>> 31);
  }

  /// What a scan over the first `count` entries adds up: see [Sum].
  long sum(int count, int version) {
    byte[] key = new byte[KEY_BYTES];
    byte[] value = new byte[valueBytes];
    long sum = 0;
    for (int number = 0; number < count; number++) {
      key(number, key);
      value(number, version, value);
      sum += Sum.of(key) + Sum.of(value);
    }
    return sum;
  }

  /// All numbers below `count` in an order that depends on the seed and on `salt`.
  int[] shuffled(int count, int salt) {
    RandomGenerator random = random(seed + 1 + salt);
    int[] numbers = new int[count];
    for (int i = 0; i < count; i++) {
      int other = random.nextInt(i + 1);
      numbers[i] = numbers[other];
      numbers[other] = i;
    }
    return numbers;
  }
}
