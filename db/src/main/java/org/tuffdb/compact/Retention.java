package org.tuffdb.compact;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.tuffdb.bytes.Keys;
import org.tuffdb.entry.EntryCursor;
import org.tuffdb.entry.Kind;
import org.tuffdb.entry.RangeDeletes;
import org.tuffdb.entry.RangeDeletes.RangeDelete;
import org.tuffdb.entry.Skyline;

/// Says of each entry of a merge whether it is needed. It is not:
///
/// - if it is *hidden* from everybody. Who could see it at all? Of those, the oldest snapshot sees
///   the least of what is newer. So if a newer version of the key, or a range delete over it, is
///   visible even there, the entry is hidden;
/// - if it is a delete that everybody sees and nothing older can lie deeper. What it hides in the
///   merge itself is hidden, and gone.
///
/// The same goes for range deletes; [Stripes] tells which of them are hidden.
final class Retention {
  private static final long FIRST_SEQUENCE = 1;

  private final Stripes rangeDeletes;
  private final Snapshots snapshots;
  private final Deeper deeper;

  private byte[] key = new byte[64];
  private int keyLength;
  private long newerVersion;
  private boolean atFirstVersion;

  /// In each stripe, the first piece that was not seen to begin at a key, or before it.
  private final int[] nextPieces;

  Retention(List<RangeDelete> rangeDeletes, Snapshots snapshots, Deeper deeper) {
    this.rangeDeletes = new Stripes(rangeDeletes, snapshots);
    this.snapshots = snapshots;
    this.deeper = deeper;
    nextPieces = new int[this.rangeDeletes.count()];
  }

  /// Whether the entry is needed. Called for each one, in order.
  boolean keeps(EntryCursor at) {
    long sequence = at.sequence();
    enterKey(at);
    long oldestReader = snapshots.oldestSeeing(sequence);
    boolean hidden = (!atFirstVersion && newerVersion <= oldestReader) || isRangeDeleted(sequence);
    newerVersion = sequence;
    return !hidden && !(at.kind() == Kind.DELETE && isDone(sequence) && !deeper.mayHold(at));
  }

  /// The sequence that an entry goes on with. Where nothing lies deeper and everybody sees the
  /// entry, nobody can tell when it was written: the first sequence of all does, and a block with
  /// that alone has no column of sequences.
  long keptSequence(long sequence) {
    return sequence <= snapshots.oldest() && deeper.isNothing() ? FIRST_SEQUENCE : sequence;
  }

  /// Whether the entry that was asked for last is the newest one of its key in the merge.
  boolean isAtFirstVersion() {
    return atFirstVersion;
  }

  private boolean isDone(long delete) {
    return delete <= snapshots.oldest();
  }

  private void enterKey(EntryCursor at) {
    MemorySegment segment = at.segment();
    long offset = at.keyOffset();
    int length = at.keyLength();
    atFirstVersion =
        length != keyLength || Keys.compare(key, 0, keyLength, segment, offset, length) != 0;
    if (!atFirstVersion) {
      return;
    }
    if (key.length < length) {
      key = new byte[2 * length];
    }
    MemorySegment.copy(segment, ValueLayout.JAVA_BYTE, offset, key, 0, length);
    keyLength = length;
  }

  /// By one that everybody sees who sees `sequence`.
  private boolean isRangeDeleted(long sequence) {
    int stripe = snapshots.stripe(sequence);
    Skyline deletes = rangeDeletes.skyline(stripe);
    int next = nextPieces[stripe];
    while (next < deletes.pieces() && isAtOrBelowKey(deletes.start(next))) {
      next++;
    }
    nextPieces[stripe] = next;
    return next > 0 && deletes.sequence(next - 1) > sequence;
  }

  private boolean isAtOrBelowKey(byte[] bound) {
    return Arrays.compareUnsigned(bound, 0, bound.length, key, 0, keyLength) <= 0;
  }

  /// The range deletes that are needed.
  RangeDeletes keptRangeDeletes() {
    List<RangeDelete> kept = new ArrayList<>();
    for (int stripe = 0; stripe < rangeDeletes.count(); stripe++) {
      Skyline deletes = rangeDeletes.skyline(stripe);
      for (int i = 0; i < deletes.pieces(); i++) {
        long sequence = deletes.sequence(i);
        byte[] start = deletes.start(i);
        byte[] limit = deletes.limit(i);
        if (sequence > 0 && (!isDone(sequence) || deeper.mayHoldWithin(start, limit))) {
          kept.add(new RangeDelete(start, limit, sequence));
        }
      }
    }
    return RangeDeletes.of(kept);
  }
}
