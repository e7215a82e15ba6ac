package org.tuffdb.workload;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.random.RandomGenerator;

/// Entries each of which follows from its number.
///
/// ```
/// key    decimal digits, padded with zeros, between a prefix and a suffix that all keys have
/// value  a piece of a pool in which each 50 random bytes stand twice: half of it can be compressed.
///        Where it begins follows from number and version.
/// ```
final class NumberedEntries extends Entries {
  private static final int POOL_BYTES = 1 << 20;
  private static final int REPEATED_BYTES = 50;

  // Of SplitMix64.
  private static final long STEP = 0x9E37_79B9_7F4A_7C15L;
  private static final long FACTOR = 0xBF58_476D_1CE4_E5B9L;
  private static final long FACTOR_2 = 0x94D0_49BB_1331_11EBL;

  private final int valueBytes;
  private final byte[] pool;

  /// The key of number 0.
  private final byte[] first;

  private final int digitsEnd;

  NumberedEntries(long seed, int count, int valueBytes, String prefix, int digits, String suffix) {
    super(seed, count);
    this.valueBytes = valueBytes;
    this.pool = pool(random(seed), POOL_BYTES + valueBytes);
    this.first = (prefix + "0".repeat(digits) + suffix).getBytes(StandardCharsets.US_ASCII);
    this.digitsEnd = prefix.length() + digits;
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

  @Override
  int keyBytesMax() {
    return first.length;
  }

  @Override
  int valueBytesMax() {
    return valueBytes;
  }

  @Override
  double entryBytes() {
    return keyBytesMax() + valueBytes;
  }

  @Override
  byte[] key(long number, byte[] buffer) {
    System.arraycopy(first, 0, buffer, 0, first.length);
    int at = digitsEnd;
    for (long rest = number; rest > 0; ) {
      long tenth = rest / 10;
      buffer[--at] = (byte) ('0' + (rest - tenth * 10));
      rest = tenth;
    }
    return buffer;
  }

  @Override
  byte[] value(long number, int version, byte[] buffer) {
    System.arraycopy(pool, poolOffset(number, version), buffer, 0, valueBytes);
    return buffer;
  }

  @Override
  boolean isValue(long number, int version, byte[] value, int length) {
    int offset = poolOffset(number, version);
    return length == valueBytes
        && Arrays.equals(value, 0, length, pool, offset, offset + valueBytes);
  }

  private int poolOffset(long number, int version) {
    return (int) (mix(seed() + number * STEP + version) & (POOL_BYTES - 1));
  }

  /// Spreads numbers over all longs.
  static long mix(long value) {
    long mixed = (value ^ (value >>> 30)) * FACTOR;
    mixed = (mixed ^ (mixed >>> 27)) * FACTOR_2;
    return mixed ^ (mixed >>> 31);
  }
}
