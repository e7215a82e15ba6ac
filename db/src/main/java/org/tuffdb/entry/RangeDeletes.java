package org.tuffdb.entry;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import org.tuffdb.bytes.Keys;

/// The range deletes of one memtable or table, cut where any of them begins or ends, so that a key
/// lies in one piece and finds there all that delete it. Immutable.
///
/// ```
///   a ───────────── @5            pieces:  a..c @5
///        c ─────────────── @9              c..f @9 @5
///                                          f..h @9
/// ```
public final class RangeDeletes {
  /// Deletes the keys from `start` on that lie below `limit`, as far as they are older than
  /// `sequence`. An empty limit stands for the end of all keys. The arrays are shared.
  @SuppressWarnings("ArrayRecordComponent") // compared nowhere
  public record RangeDelete(byte[] start, byte[] limit, long sequence) {}

  public static final RangeDeletes NONE = new RangeDeletes(new byte[0][], new long[0][], 0);

  private static final long[] NOTHING = new long[0];

  /// Piece `i` goes from bound `i` to the next one, the last one to the end of all keys.
  private final byte[][] bounds;

  /// Of each piece, newest first.
  private final long[][] sequences;

  private final int count;

  private RangeDeletes(byte[][] bounds, long[][] sequences, int count) {
    this.bounds = bounds;
    this.sequences = sequences;
    this.count = count;
  }

  public static RangeDeletes of(Collection<RangeDelete> deletes) {
    if (deletes.isEmpty()) {
      return NONE;
    }
    List<byte[]> all = new ArrayList<>();
    for (RangeDelete delete : deletes) {
      all.add(delete.start);
      if (delete.limit.length > 0) {
        all.add(delete.limit);
      }
    }
    all.sort(Arrays::compareUnsigned);
    byte[][] bounds = withoutRepeats(all);
    long[][] sequences = new long[bounds.length][];
    Arrays.fill(sequences, NOTHING);
    List<RangeDelete> oldestFirst = new ArrayList<>(deletes);
    oldestFirst.sort(Comparator.comparingLong(RangeDelete::sequence));
    for (RangeDelete delete : oldestFirst) {
      cover(bounds, sequences, delete);
    }
    return new RangeDeletes(bounds, sequences, deletes.size());
  }

  private static byte[][] withoutRepeats(List<byte[]> sorted) {
    List<byte[]> distinct = new ArrayList<>();
    for (byte[] bound : sorted) {
      if (distinct.isEmpty() || !Arrays.equals(distinct.getLast(), bound)) {
        distinct.add(bound);
      }
    }
    return distinct.toArray(byte[][]::new);
  }

  private static void cover(byte[][] bounds, long[][] sequences, RangeDelete delete) {
    int end = delete.limit.length == 0 ? bounds.length : place(bounds, delete.limit);
    for (int i = place(bounds, delete.start); i < end; i++) {
      long[] older = sequences[i];
      if (older.length > 0 && older[0] == delete.sequence) {
        continue;
      }
      long[] all = new long[older.length + 1];
      all[0] = delete.sequence;
      System.arraycopy(older, 0, all, 1, older.length);
      sequences[i] = all;
    }
  }

  /// These and `newer`, whose sequence is not below any of these.
  public RangeDeletes with(RangeDelete newer) {
    byte[][] cut = withBound(bounds, newer.start);
    cut = newer.limit.length == 0 ? cut : withBound(cut, newer.limit);
    long[][] all = new long[cut.length][];
    for (int i = 0, old = -1; i < cut.length; i++) {
      if (old + 1 < bounds.length && cut[i] == bounds[old + 1]) {
        old++;
      }
      all[i] = old < 0 ? NOTHING : sequences[old];
    }
    cover(cut, all, newer);
    return new RangeDeletes(cut, all, count + 1);
  }

  private static byte[][] withBound(byte[][] bounds, byte[] bound) {
    int at = place(bounds, bound);
    if (at < bounds.length && Arrays.equals(bounds[at], bound)) {
      return bounds;
    }
    byte[][] more = new byte[bounds.length + 1][];
    System.arraycopy(bounds, 0, more, 0, at);
    more[at] = bound;
    System.arraycopy(bounds, at, more, at + 1, bounds.length - at);
    return more;
  }

  /// The first bound that is not below `key`.
  private static int place(byte[][] bounds, byte[] key) {
    int at = Arrays.binarySearch(bounds, key, Arrays::compareUnsigned);
    return at >= 0 ? at : -at - 1;
  }

  public boolean isEmpty() {
    return bounds.length == 0;
  }

  /// How many range deletes they were made of.
  public int count() {
    return count;
  }

  /// The newest range delete over `key` that is not newer than `sequence`; 0 if there is none.
  public long newest(byte[] key, long sequence) {
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
    return low == 0 ? 0 : newest(low - 1, sequence);
  }

  /// The same for a key in a segment.
  public long newest(MemorySegment segment, long keyOffset, int keyLength, long sequence) {
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
    return low == 0 ? 0 : newest(low - 1, sequence);
  }

  private long newest(int piece, long sequence) {
    for (long candidate : sequences[piece]) {
      if (candidate <= sequence) {
        return candidate;
      }
    }
    return 0;
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
    return piece + 1 < bounds.length ? bounds[piece + 1] : new byte[0];
  }

  /// The range deletes over a piece, newest first, shared.
  public long[] sequences(int piece) {
    return sequences[piece];
  }

  /// What of these lies between `start` and `limit`, an empty one being the end of all keys.
  public List<RangeDelete> within(byte[] start, byte[] limit) {
    List<RangeDelete> clipped = new ArrayList<>();
    for (int i = 0; i < bounds.length; i++) {
      byte[] from = Arrays.compareUnsigned(bounds[i], start) < 0 ? start : bounds[i];
      byte[] to = Keys.lowerLimit(limit(i), limit);
      if (to.length == 0 || Arrays.compareUnsigned(from, to) < 0) {
        for (long sequence : sequences[i]) {
          clipped.add(new RangeDelete(from, to, sequence));
        }
      }
    }
    return clipped;
  }
}
