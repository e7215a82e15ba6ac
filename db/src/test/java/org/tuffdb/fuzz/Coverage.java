package org.tuffdb.fuzz;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/// All that inputs have reached so far. How often an edge was taken counts in steps: 1, 2, 3, 4 to
/// 7, 8 to 15, 16 to 31, 32 to 127, and more.
final class Coverage {
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.nativeOrder());

  /// Of each edge, a bit for each step.
  private final byte[] seen = new byte[Edges.COUNT];

  private int edges;

  /// Adds what the last input took; whether any of it is new.
  boolean add(byte[] hits) {
    boolean isNew = false;
    for (int at = 0; at < hits.length; at += Long.BYTES) {
      if ((long) LONG.get(hits, at) != 0) {
        isNew |= addEight(hits, at);
      }
    }
    return isNew;
  }

  private boolean addEight(byte[] hits, int from) {
    boolean isNew = false;
    for (int at = from; at < from + Long.BYTES; at++) {
      byte step = step(Byte.toUnsignedInt(hits[at]));
      if ((seen[at] & step) != step) {
        edges += seen[at] == 0 ? 1 : 0;
        seen[at] |= step;
        isNew = true;
      }
    }
    return isNew;
  }

  /// 4 to 7 have three bits, and get the fourth step.
  private static byte step(int hits) {
    if (hits < 4) {
      return (byte) (hits == 0 ? 0 : 1 << (hits - 1));
    }
    int bits = Integer.SIZE - Integer.numberOfLeadingZeros(hits);
    return (byte) (1 << (bits < 7 ? bits : bits - 1));
  }

  /// How many edges were taken.
  int edges() {
    return edges;
  }
}
