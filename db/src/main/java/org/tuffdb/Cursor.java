package org.tuffdb;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.tuffdb.bytes.Keys;
import org.tuffdb.entry.EntryCursor;
import org.tuffdb.entry.Kind;
import org.tuffdb.error.DbClosedException;

/// Walks over the keys of a range, which it sees as they were when it was opened: see
/// [Queryable#scan(KeyRange)].
///
/// ```
/// try (Cursor cursor = db.scan(KeyRange.prefix(prefix))) {
///   while (cursor.next()) {
///     use(cursor.key(), cursor.value());
///   }
/// }
/// ```
///
/// A new cursor stands before the first key. All directions are those of the range: `next()` goes
/// down in a reversed one. The methods that move return whether the cursor stands on a key
/// afterwards; having gone over an end it stands there, and goes back onto the last key from there.
/// A cursor is for one thread at a time. Its methods throw [DbClosedException] after it, its
/// snapshot or its store was closed. Close it after use; one that is forgotten is reported to the
/// listener.
public final class Cursor implements AutoCloseable {
  /// Where a cursor stands, in the order of the keys whatever its direction.
  private enum Place {
    BELOW,
    ON_KEY,
    ABOVE
  }

  private static final long NEWEST = Long.MAX_VALUE;

  /// Older than every entry: seeking it leads behind all entries of a key.
  private static final long OLDEST = 0;

  private final Db db;
  private final @Nullable Snapshot snapshot;
  private final EntryCursor entries;
  private final long sequence;
  private final byte @Nullable [] from;
  private final byte @Nullable [] to;
  private final boolean reversed;
  private final LeakWatch.Watched watched;

  private Place place;

  /// After a step up `entries` stands on the current entry. After a step down it has already gone
  /// over all entries of the current key: then it stands on the one before them, or nowhere.
  private boolean entriesBelow;

  private boolean entriesNowhere;

  /// The current entry.
  private MemorySegment segment = MemorySegment.NULL;

  private long keyOffset;
  private int keyLength;
  private long valueOffset;
  private int valueLength;

  Cursor(
      Db db,
      @Nullable Snapshot snapshot,
      EntryCursor entries,
      KeyRange range,
      long sequence,
      LeakWatch watch) {
    this.db = db;
    this.snapshot = snapshot;
    this.entries = entries;
    this.sequence = sequence;
    this.from = range.from();
    this.to = range.to();
    this.reversed = range.isReversed();
    this.place = reversed ? Place.ABOVE : Place.BELOW;
    this.watched = watch.watch(this);
  }

  /// Goes to the next key; the first one if the cursor is new.
  public boolean next() {
    requireOpen();
    return reversed ? stepDown() : stepUp();
  }

  /// Goes to the key before; the last one if the cursor stands behind the end.
  public boolean previous() {
    requireOpen();
    return reversed ? stepUp() : stepDown();
  }

  /// Goes to the first key of the range.
  public boolean first() {
    requireOpen();
    return reversed ? toHighest() : toLowest();
  }

  /// Goes to the last key of the range.
  public boolean last() {
    requireOpen();
    return reversed ? toLowest() : toHighest();
  }

  /// Goes to `key`, or to the first key of the range behind it if it is not there.
  public boolean seek(byte[] key) {
    requireOpen();
    Limits.requireKey(key);
    return reversed ? seekDown(key) : seekUp(key);
  }

  /// The key it stands on, as an array of the caller's own.
  ///
  /// @throws IllegalStateException if it stands on none
  public byte[] key() {
    requireOnKey();
    return copy(keyOffset, keyLength);
  }

  /// The value of the key it stands on, as an array of the caller's own.
  ///
  /// @throws IllegalStateException if it stands on none
  public byte[] value() {
    requireOnKey();
    return copy(valueOffset, valueLength);
  }

  /// The key it stands on, not copied: read-only, and valid until the cursor moves or is closed.
  ///
  /// @throws IllegalStateException if it stands on none
  public MemorySegment keySegment() {
    requireOnKey();
    return segment.asSlice(keyOffset, keyLength).asReadOnly();
  }

  /// The value of the key it stands on, not copied: read-only, and valid until the cursor moves or
  /// is closed.
  ///
  /// @throws IllegalStateException if it stands on none
  public MemorySegment valueSegment() {
    requireOnKey();
    return segment.asSlice(valueOffset, valueLength).asReadOnly();
  }

  /// Ends the cursor. Closing again does nothing.
  @Override
  public void close() {
    watched.close();
  }

  private boolean toLowest() {
    place = Place.BELOW;
    return stepUp();
  }

  private boolean toHighest() {
    place = Place.ABOVE;
    return stepDown();
  }

  private boolean seekUp(byte[] key) {
    if (from != null && Arrays.compareUnsigned(key, from) < 0) {
      return toLowest();
    }
    return settleUp(entries.seek(key, NEWEST));
  }

  private boolean seekDown(byte[] key) {
    if (to != null && Arrays.compareUnsigned(key, to) >= 0) {
      return toHighest();
    }
    return settleDown(entries.seek(key, OLDEST) ? entries.previous() : entries.last());
  }

  private boolean stepUp() {
    return switch (place) {
      case ABOVE -> false;
      case BELOW -> settleUp(from == null ? entries.first() : entries.seek(from, NEWEST));
      case ON_KEY -> settleUp(entriesBelow ? entries.seek(key(), OLDEST) : leaveKeyUp());
    };
  }

  private boolean stepDown() {
    return switch (place) {
      case BELOW -> false;
      case ABOVE -> settleDown(to == null ? entries.last() : seekBelow(to));
      case ON_KEY -> settleDown(entriesBelow ? !entriesNowhere : leaveKeyDown());
    };
  }

  private boolean seekBelow(byte[] key) {
    return entries.seek(key, NEWEST) ? entries.previous() : entries.last();
  }

  /// Goes up to the newest entry that may be seen of the next key that has a value. `entries`
  /// stands on an entry, unless `found` is false; no newer entry of the same key that may be seen
  /// is below it.
  private boolean settleUp(boolean found) {
    while (found) {
      if (to != null && compareKey(to) >= 0) {
        break;
      }
      if (entries.sequence() > sequence) {
        found = entries.next();
        continue;
      }
      take();
      if (entries.kind() == Kind.PUT) {
        place = Place.ON_KEY;
        entriesBelow = false;
        return true;
      }
      found = leaveKeyUp();
    }
    place = Place.ABOVE;
    return false;
  }

  /// Goes down to the next key that has a value. `entries` stands on the oldest entry of a key,
  /// unless `found` is false; of each key the newest entry that may be seen counts, which comes
  /// last.
  private boolean settleDown(boolean found) {
    while (found) {
      if (from != null && compareKey(from) < 0) {
        break;
      }
      boolean seen = false;
      byte kind = 0;
      takeKey();
      do {
        if (entries.sequence() <= sequence) {
          take();
          kind = entries.kind();
          seen = true;
        }
        found = entries.previous();
      } while (found && onSameKey());
      if (seen && kind == Kind.PUT) {
        place = Place.ON_KEY;
        entriesBelow = true;
        entriesNowhere = !found;
        return true;
      }
    }
    place = Place.BELOW;
    return false;
  }

  private boolean leaveKeyUp() {
    boolean found = entries.next();
    while (found && onSameKey()) {
      found = entries.next();
    }
    return found;
  }

  private boolean leaveKeyDown() {
    boolean found = entries.previous();
    while (found && onSameKey()) {
      found = entries.previous();
    }
    return found;
  }

  private void take() {
    takeKey();
    valueOffset = entries.valueOffset();
    valueLength = entries.valueLength();
  }

  private void takeKey() {
    segment = entries.segment();
    keyOffset = entries.keyOffset();
    keyLength = entries.keyLength();
  }

  private boolean onSameKey() {
    long other = entries.keyOffset();
    return entries.keyLength() == keyLength
        && MemorySegment.mismatch(
                entries.segment(),
                other,
                other + keyLength,
                segment,
                keyOffset,
                keyOffset + keyLength)
            < 0;
  }

  /// How the key of the entry that `entries` stands on compares with `bound`.
  private int compareKey(byte[] bound) {
    return -Keys.compare(
        bound, 0, bound.length, entries.segment(), entries.keyOffset(), entries.keyLength());
  }

  private byte[] copy(long offset, int length) {
    byte[] bytes = new byte[length];
    MemorySegment.copy(segment, ValueLayout.JAVA_BYTE, offset, bytes, 0, length);
    return bytes;
  }

  private void requireOnKey() {
    requireOpen();
    if (place != Place.ON_KEY) {
      throw new IllegalStateException("the cursor stands on no key");
    }
  }

  private void requireOpen() {
    if (snapshot != null) {
      snapshot.requireOpen();
    } else {
      db.requireOpen();
    }
    if (watched.isClosed()) {
      throw new DbClosedException("the cursor is closed");
    }
  }
}
