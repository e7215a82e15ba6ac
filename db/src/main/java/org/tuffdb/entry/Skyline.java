package org.tuffdb.entry;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import org.tuffdb.bytes.Keys;
import org.tuffdb.entry.RangeDeletes.RangeDelete;

/// The newest range delete over each key: the keys are cut into *pieces* where that changes. What
/// lies under a newer delete costs nothing, however many there are. Immutable.
///
/// ```
///   a ─────────────────── h @5        pieces:  a..c @5
///        c ──────── f @9                       c..f @9
///                                              f..h @5
///                                              h..  none
/// ```
public final class Skyline {
  private static final byte[] END = {};

  public static final Skyline NONE = new Skyline(new byte[0][], new long[0], 0);

  /// From bound `i` on and below the next one, `sequences[i]` is the newest, or nothing if that is
  /// 0. Two neighbours differ. What follows the last bound goes on to the end of all keys.
  private final byte[][] bounds;

  private final long[] sequences;

  private Skyline(byte[][] bounds, long[] sequences, int pieces) {
    this.bounds = bounds.length == pieces ? bounds : Arrays.copyOf(bounds, pieces);
    this.sequences = sequences.length == pieces ? sequences : Arrays.copyOf(sequences, pieces);
  }

  static Skyline of(RangeDelete delete) {
    if (delete.isEmpty()) {
      return NONE;
    }
    byte[][] bounds = {delete.start(), delete.limit()};
    return new Skyline(
        bounds, new long[] {delete.sequence(), 0}, delete.limit().length > 0 ? 2 : 1);
  }

  /// This one in front of one whose sequences are not above any of these.
  Skyline over(Skyline older) {
    byte[][] merged = new byte[bounds.length + older.bounds.length][];
    long[] newest = new long[merged.length];
    int pieces = 0;
    int mine = 0;
    int its = 0;
    while (mine < bounds.length || its < older.bounds.length) {
      int order = order(mine, older, its);
      byte[] bound = order <= 0 ? bounds[mine] : older.bounds[its];
      mine += order <= 0 ? 1 : 0;
      its += order >= 0 ? 1 : 0;
      long inFront = mine == 0 ? 0 : sequences[mine - 1];
      long behind = its == 0 ? 0 : older.sequences[its - 1];
      long sequence = inFront == 0 ? behind : inFront;
      if (sequence != (pieces == 0 ? 0 : newest[pieces - 1])) {
        merged[pieces] = bound;
        newest[pieces++] = sequence;
      }
    }
    return new Skyline(merged, newest, pieces);
  }

  /// How this one's bound compares to the other one's, where the end comes after all.
  private int order(int mine, Skyline other, int its) {
    if (mine == bounds.length || its == other.bounds.length) {
      return mine == bounds.length ? 1 : -1;
    }
    return Arrays.compareUnsigned(bounds[mine], other.bounds[its]);
  }

  /// How many pieces there are; some may be covered by nothing.
  public int pieces() {
    return bounds.length;
  }

  /// Where a piece begins, shared.
  public byte[] start(int piece) {
    return bounds[piece];
  }

  /// Where a piece ends, shared; empty for the end of all keys.
  public byte[] limit(int piece) {
    return piece + 1 < bounds.length ? bounds[piece + 1] : END;
  }

  /// The newest range delete over a piece; 0 if there is none.
  public long sequence(int piece) {
    return sequences[piece];
  }

  /// The piece that `key` lies in; -1 if it lies before all.
  public int piece(byte[] key) {
    int low = 0;
    int high = bounds.length;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (Arrays.compareUnsigned(bounds[middle], key) <= 0) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low - 1;
  }

  /// The newest range delete over `key`; 0 if there is none.
  long newest(byte[] key) {
    int piece = piece(key);
    return piece < 0 ? 0 : sequences[piece];
  }

  /// The same for a key in a segment.
  long newest(MemorySegment segment, long keyOffset, int keyLength) {
    int low = 0;
    int high = bounds.length;
    while (low < high) {
      int middle = (low + high) >>> 1;
      byte[] bound = bounds[middle];
      if (Keys.compare(bound, 0, bound.length, segment, keyOffset, keyLength) <= 0) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low == 0 ? 0 : sequences[low - 1];
  }
}
