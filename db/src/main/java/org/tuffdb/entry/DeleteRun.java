package org.tuffdb.entry;

import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;
import org.tuffdb.entry.RangeDeletes.RangeDelete;

/// Range deletes that follow each other in sequence.
///
/// Its skyline answers whoever sees all of them. A reader of an old snapshot sees the older part
/// only. For it the run is parted into two *halves*, of which at least one it sees in whole or not
/// at all; the other one is parted again:
///
/// ```
///   @1 ──────────────────────────── @8       who reads at @5
///   @1 ───────── @4   @5 ───────── @8        sees all of the left half
///                     @5 ─ @6   @7 ─ @8
///                     @5   @6                and this @5
/// ```
///
/// So it takes two searches for each time that the run can be halved. Halves are made when somebody
/// needs them; most runs are never parted.
final class DeleteRun {
  /// The newest delete, and those before it.
  record Chain(RangeDelete newest, @Nullable Chain older) {
    private Chain skip(int count) {
      Chain at = this;
      for (int i = 0; i < count && at.older != null; i++) {
        at = at.older;
      }
      return at;
    }
  }

  private record Halves(DeleteRun newer, DeleteRun older) {
    static Halves of(Chain newest, int count) {
      int newer = count / 2;
      return new Halves(
          DeleteRun.of(newest, newer), DeleteRun.of(newest.skip(newer), count - newer));
    }
  }

  private final Chain newest;
  private final int count;
  private final long oldestSequence;
  private final Skyline skyline;

  /// If two threads make them at the same time, both get the same.
  private volatile @Nullable Halves halves;

  private DeleteRun(
      Chain newest, int count, long oldestSequence, Skyline skyline, @Nullable Halves halves) {
    this.newest = newest;
    this.count = count;
    this.oldestSequence = oldestSequence;
    this.skyline = skyline;
    this.halves = halves;
  }

  /// The first `count` of a chain, at least one.
  static DeleteRun of(Chain newest, int count) {
    if (count == 1) {
      RangeDelete delete = newest.newest;
      return new DeleteRun(newest, 1, delete.sequence(), Skyline.of(delete), null);
    }
    Halves halves = Halves.of(newest, count);
    Skyline skyline = halves.newer.skyline.over(halves.older.skyline);
    return new DeleteRun(newest, count, halves.older.oldestSequence, skyline, null);
  }

  /// This run and the one before it.
  DeleteRun with(DeleteRun older) {
    return new DeleteRun(
        newest,
        count + older.count,
        older.oldestSequence,
        skyline.over(older.skyline),
        new Halves(this, older));
  }

  int count() {
    return count;
  }

  Skyline skyline() {
    return skyline;
  }

  /// The newest range delete over `key` that is not newer than `sequence`; 0 if there is none.
  long newest(byte[] key, long sequence) {
    long found = skyline.newest(key);
    if (found <= sequence) {
      return found;
    }
    if (oldestSequence > sequence) {
      return 0;
    }
    Halves parts = halves();
    long newer = parts.newer.newest(key, sequence);
    return newer > 0 ? newer : parts.older.newest(key, sequence);
  }

  /// The same for a key in a segment.
  long newest(MemorySegment segment, long keyOffset, int keyLength, long sequence) {
    long found = skyline.newest(segment, keyOffset, keyLength);
    if (found <= sequence) {
      return found;
    }
    if (oldestSequence > sequence) {
      return 0;
    }
    Halves parts = halves();
    long newer = parts.newer.newest(segment, keyOffset, keyLength, sequence);
    return newer > 0 ? newer : parts.older.newest(segment, keyOffset, keyLength, sequence);
  }

  private Halves halves() {
    Halves made = halves;
    if (made == null) {
      made = Halves.of(newest, count);
      halves = made;
    }
    return made;
  }
}
