package org.tuffdb.fuzz;

import java.util.Arrays;

/// Which edges between blocks of code an input took, and how often: what AFL keeps. Probed classes
/// report here. One thread at a time.
public final class Edges {
  static final int COUNT = 1 << 16;

  private static final byte[] HITS = new byte[COUNT];
  private static int previous;

  private Edges() {}

  /// The probe of `block`, a number below [#COUNT].
  public static void at(int block) {
    HITS[block ^ previous]++;
    previous = block >>> 1;
  }

  static void clear() {
    Arrays.fill(HITS, (byte) 0);
    previous = 0;
  }

  static byte[] hits() {
    return HITS;
  }
}
