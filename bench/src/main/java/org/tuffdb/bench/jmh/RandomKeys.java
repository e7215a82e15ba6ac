package org.tuffdb.bench.jmh;

import java.util.Arrays;
import java.util.Random;

/// Keys of 16 random bytes, the same in each run, taken one after the other and over again.
public final class RandomKeys {
  public static final int KEY_BYTES = 16;

  private final byte[][] keys;
  private int next;

  /// @param seed others for another one
  public RandomKeys(int count, long seed) {
    Random random = new Random(seed);
    keys = new byte[count][KEY_BYTES];
    for (byte[] key : keys) {
      random.nextBytes(key);
    }
  }

  public byte[] next() {
    byte[] key = keys[next];
    next = next + 1 == keys.length ? 0 : next + 1;
    return key;
  }

  public byte[][] sorted() {
    byte[][] sorted = keys.clone();
    Arrays.sort(sorted, Arrays::compareUnsigned);
    return sorted;
  }
}
