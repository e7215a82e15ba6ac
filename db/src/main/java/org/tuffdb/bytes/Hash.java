package org.tuffdb.bytes;

/// A 64-bit hash for filters and for telling places apart: quick, and no shield against somebody
/// who looks for collisions. It is part of the table format.
public final class Hash {
  private static final long FACTOR = 0x9e37_79b9_7f4a_7c15L;

  private Hash() {}

  public static long of(byte[] key) {
    return of(key, 0, key.length);
  }

  /// The hash of the key that lies in `source` from `offset` on.
  public static long of(byte[] source, int offset, int length) {
    long hash = length * FACTOR;
    for (int i = 0; i < length; i += Long.BYTES) {
      hash = (hash ^ Keys.word(source, offset, length, i)) * FACTOR;
      hash ^= hash >>> 32;
    }
    return mix(hash);
  }

  /// A number of which each bit depends on all bits of `value`.
  public static long mix(long value) {
    long mixed = (value ^ (value >>> 30)) * 0xbf58_476d_1ce4_e5b9L;
    mixed = (mixed ^ (mixed >>> 27)) * 0x94d0_49bb_1331_11ebL;
    return mixed ^ (mixed >>> 31);
  }
}
