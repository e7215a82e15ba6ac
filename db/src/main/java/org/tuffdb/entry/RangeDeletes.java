package org.tuffdb.entry;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.tuffdb.bytes.Keys;
import org.tuffdb.entry.DeleteRun.Chain;

/// The range deletes of one memtable or table. Immutable.
///
/// A memtable gets one after the other, and each time its readers get a new object. So they are
/// kept in *runs*, the newest first. A new delete is a run of its own; two neighbours of the same
/// length become one. There are as many runs as ones in the binary number of deletes:
///
/// ```
///   6 deletes    @6 @5 | @4 @3 @2 @1
///   7 deletes    @7 | @6 @5 | @4 @3 @2 @1
///   8 deletes    @8 @7 @6 @5 @4 @3 @2 @1
/// ```
///
/// So a delete is merged no more often than its run can double. Readers look into one run after the
/// other; once the searches have cost about what merging costs, all runs are merged into one
/// skyline for the readers to come. A table has a single run from the beginning.
public final class RangeDeletes {
  /// Deletes the keys from `start` on that lie below `limit`, as far as they are older than
  /// `sequence`. An empty limit stands for the end of all keys. The arrays are shared.
  @SuppressWarnings("ArrayRecordComponent") // compared nowhere
  public record RangeDelete(byte[] start, byte[] limit, long sequence) {
    boolean isEmpty() {
      return !Keys.isBelow(start, limit);
    }

    /// Null if nothing is left.
    private @Nullable RangeDelete clip(byte[] from, byte[] to) {
      boolean beginsWithin = Arrays.compareUnsigned(start, from) >= 0;
      byte[] higher = beginsWithin ? start : from;
      byte[] lower = Keys.lowerLimit(limit, to);
      if (!Keys.isBelow(higher, lower)) {
        return null;
      }
      return beginsWithin && Arrays.equals(lower, limit)
          ? this
          : new RangeDelete(higher, lower, sequence);
    }
  }

  /// To merge so many pieces takes about as long as to search all runs once.
  private static final int PIECES_PER_LOOKUP = 8;

  /// About what a delete takes beside its keys: the objects around them, and two pieces of a
  /// skyline.
  private static final int DELETE_BYTES = 160;

  public static final RangeDeletes NONE = new RangeDeletes(null, 0);

  private final @Nullable Chain all;
  private final int count;
  private final DeleteRun[] newestFirst;

  /// Of all runs. If two threads make it at the same time, both get the same.
  private volatile @Nullable Skyline skyline;

  /// Lookups without a skyline. Readers count beside each other, so it is about that many.
  private int lookups;

  private RangeDeletes(@Nullable Chain all, int count, DeleteRun... newestFirst) {
    this.all = all;
    this.count = count;
    this.newestFirst = newestFirst;
    this.skyline =
        switch (newestFirst.length) {
          case 0 -> Skyline.NONE;
          case 1 -> newestFirst[0].skyline();
          default -> null;
        };
  }

  public static RangeDeletes of(Collection<RangeDelete> deletes) {
    if (deletes.isEmpty()) {
      return NONE;
    }
    List<RangeDelete> oldestFirst = new ArrayList<>(deletes);
    oldestFirst.sort(Comparator.comparingLong(RangeDelete::sequence));
    Chain all = new Chain(oldestFirst.getFirst(), null);
    for (RangeDelete delete : oldestFirst.subList(1, oldestFirst.size())) {
      all = new Chain(delete, all);
    }
    return new RangeDeletes(all, deletes.size(), DeleteRun.of(all, deletes.size()));
  }

  /// These and `newer`, whose sequence is not below any of these.
  public RangeDeletes with(RangeDelete newer) {
    Chain chain = new Chain(newer, all);
    DeleteRun first = DeleteRun.of(chain, 1);
    int merged = 0;
    while (merged < newestFirst.length && newestFirst[merged].count() <= first.count()) {
      first = first.with(newestFirst[merged++]);
    }
    DeleteRun[] runs = new DeleteRun[1 + newestFirst.length - merged];
    runs[0] = first;
    System.arraycopy(newestFirst, merged, runs, 1, runs.length - 1);
    return new RangeDeletes(chain, count + 1, runs);
  }

  public boolean isEmpty() {
    return count == 0;
  }

  /// How many range deletes they were made of.
  public int count() {
    return count;
  }

  /// About how much of the heap they take.
  public long memoryBytes() {
    long sum = 0;
    for (Chain at = all; at != null; at = at.older()) {
      RangeDelete delete = at.newest();
      sum += DELETE_BYTES + delete.start().length + delete.limit().length;
    }
    return sum;
  }

  /// The newest ones for whoever sees all of them.
  public Skyline skyline() {
    Skyline made = skyline;
    if (made == null) {
      made = Skyline.NONE;
      for (DeleteRun run : newestFirst) {
        made = made.over(run.skyline());
      }
      skyline = made;
    }
    return made;
  }

  /// If it is there, or worth it.
  private @Nullable Skyline skylineForLookup() {
    Skyline made = skyline;
    return made == null && isWorthIt() ? skyline() : made;
  }

  private boolean isWorthIt() {
    int pieces = 0;
    for (DeleteRun run : newestFirst) {
      pieces += run.skyline().pieces();
    }
    return ++lookups >= pieces / PIECES_PER_LOOKUP;
  }

  /// The newest range delete over `key` that is not newer than `sequence`; 0 if there is none.
  public long newest(byte[] key, long sequence) {
    Skyline newest = skylineForLookup();
    if (newest != null) {
      long found = newest.newest(key);
      if (found <= sequence) {
        return found;
      }
    }
    for (DeleteRun run : newestFirst) {
      long found = run.newest(key, sequence);
      if (found > 0) {
        return found;
      }
    }
    return 0;
  }

  /// The same for a key in a segment.
  public long newest(MemorySegment segment, long keyOffset, int keyLength, long sequence) {
    Skyline newest = skylineForLookup();
    if (newest != null) {
      long found = newest.newest(segment, keyOffset, keyLength);
      if (found <= sequence) {
        return found;
      }
    }
    for (DeleteRun run : newestFirst) {
      long found = run.newest(segment, keyOffset, keyLength, sequence);
      if (found > 0) {
        return found;
      }
    }
    return 0;
  }

  /// All of them that delete anything, newest first.
  public List<RangeDelete> all() {
    return within(new byte[0], new byte[0]);
  }

  /// What of these lies between `start` and `limit`, an empty one being the end of all keys; newest
  /// first. Each is clipped, and not cut into pieces.
  public List<RangeDelete> within(byte[] start, byte[] limit) {
    List<RangeDelete> clipped = new ArrayList<>();
    for (Chain at = all; at != null; at = at.older()) {
      RangeDelete delete = at.newest().clip(start, limit);
      if (delete != null) {
        clipped.add(delete);
      }
    }
    return clipped;
  }
}
