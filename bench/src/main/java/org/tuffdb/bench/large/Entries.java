package org.tuffdb.bench.large;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/// Entries without end, each of which follows from its number: what was read can be checked without
/// anything being kept. Keys look random, so in the order of the numbers they are in random order.
///
/// ```
/// key    0   8  mixed number and seed; the number can be had back from it
///        8   8  mixed bytes 0 to 8
/// value  0  48  random, from key and version
///       48  48  the same again, so that about half of it can be compressed
///       96   4  version
/// ```
final class Entries {
  static final int KEY_BYTES = 16;
  static final int VALUE_BYTES = 100;

  private static final int REPEATED_BYTES = 48;
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);
  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);

  // Of SplitMix64.
  private static final long STEP = 0x9E37_79B9_7F4A_7C15L;
  private static final long FACTOR = 0xBF58_476D_1CE4_E5B9L;
  private static final long FACTOR_2 = 0x94D0_49BB_1331_11EBL;

  private static final long STEP_INVERSE = inverse(STEP);
  private static final long FACTOR_INVERSE = inverse(FACTOR);
  private static final long FACTOR_2_INVERSE = inverse(FACTOR_2);

  private final long seed;
  private final byte[] expected = new byte[VALUE_BYTES];

  /// One thread at a time may check values with it.
  Entries(long seed) {
    this.seed = seed;
  }

  long seed() {
    return seed;
  }

  void key(long number, byte[] key) {
    long mixed = mix(seed + number * STEP);
    LONG.set(key, 0, mixed);
    LONG.set(key, 8, mix(mixed + STEP));
  }

  /// The number that `key` was made of. Of a key of another seed it is some other number.
  long numberOf(byte[] key) {
    return (unmix((long) LONG.get(key, 0)) - seed) * STEP_INVERSE;
  }

  void value(byte[] key, int version, byte[] value) {
    long state = (long) LONG.get(key, 8) ^ (version * STEP);
    for (int at = 0; at < REPEATED_BYTES; at += Long.BYTES) {
      state += STEP;
      LONG.set(value, at, mix(state));
    }
    System.arraycopy(value, 0, value, REPEATED_BYTES, REPEATED_BYTES);
    INT.set(value, 2 * REPEATED_BYTES, version);
  }

  /// Checks what was read for `key`.
  ///
  /// @param length the length of what was found, -1 if nothing was
  /// @throws WrongAnswer if it is not the value of that version
  void check(byte[] key, int version, byte[] value, int length) {
    value(key, version, expected);
    if (length != VALUE_BYTES || !Arrays.equals(expected, value)) {
      throw new WrongAnswer(key, numberOf(key), length, value, version);
    }
  }

  static long mix(long value) {
    long mixed = (value ^ (value >>> 30)) * FACTOR;
    mixed = (mixed ^ (mixed >>> 27)) * FACTOR_2;
    return mixed ^ (mixed >>> 31);
  }

  private static long unmix(long mixed) {
    long value = (mixed ^ (mixed >>> 31) ^ (mixed >>> 62)) * FACTOR_2_INVERSE;
    value = (value ^ (value >>> 27) ^ (value >>> 54)) * FACTOR_INVERSE;
    return value ^ (value >>> 30) ^ (value >>> 60);
  }

  /// The number whose product with the odd `factor` is 1. Each round doubles the right bits.
  private static long inverse(long factor) {
    long inverse = factor;
    for (int rightBits = 3; rightBits < Long.SIZE; rightBits *= 2) {
      inverse *= 2 - factor * inverse;
    }
    return inverse;
  }
}
