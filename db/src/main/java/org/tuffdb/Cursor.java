package org.tuffdb;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.ref.Reference;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.tuffdb.bytes.Keys;
import org.tuffdb.entry.EntryCursor;
import org.tuffdb.entry.Kind;
import org.tuffdb.entry.RangeDeletes;
import org.tuffdb.error.DbClosedException;
import org.tuffdb.error.DbException;

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
/// If a move throws, the cursor has lost its place: it stands on no key, and only `first()`,
/// `last()` and `seek()` go on, as a step might leave out keys.
///
/// A cursor is for one thread at a time. Its methods throw [DbClosedException] after it, its
/// snapshot or its store was closed. Close it after use; one that is forgotten is reported to the
/// listener, and closed once the garbage collector finds it, whoever still looks at a segment.
public final class Cursor implements AutoCloseable {
  /// Where a cursor stands, in the order of the keys whatever its direction.
  private enum Place {
    BELOW,
    ON_KEY,
    ABOVE,

    /// A move is under way, or the last one failed.
    LOST
  }

  private static final long NEWEST = Long.MAX_VALUE;

  /// Older than every entry: seeking it leads behind all entries of a key.
  private static final long OLDEST = -1;

  private static final int KEPT_BYTES_MIN = 4 << 10;
  private static final int KEPT_BYTES_LARGE = 64 << 10;

  /// Some bytes must stand before a key.
  private static final long KEPT_KEY_AT = 8;

  /// What a cursor holds until it is closed or forgotten: it must not refer to the cursor.
  private static final class Held {
    private final OpenSnapshots snapshots;
    private final long sequence;
    private View view;
    private EntryCursor entries;

    /// Of the memory for a large entry, which the garbage collector would free too late.
    private @Nullable Arena large;

    Held(OpenSnapshots snapshots, long sequence, View view) {
      this.snapshots = snapshots;
      this.sequence = sequence;
      this.view = view;
      this.entries = view.entries();
    }

    void release() {
      try {
        entries.close();
      } finally {
        try {
          view.unpin();
        } finally {
          snapshots.close(sequence);
          freeLarge();
        }
      }
    }

    /// Memory for a copy of an entry. What this returned before is used no more.
    MemorySegment memoryFor(long bytes) {
      if (bytes <= KEPT_BYTES_LARGE) {
        return Arena.ofAuto().allocate(Math.max(KEPT_BYTES_MIN, 2 * bytes));
      }
      freeLarge();
      Arena made = Arena.ofShared();
      large = made;
      return made.allocate(bytes);
    }

    private void freeLarge() {
      Arena freed = large;
      large = null;
      if (freed != null) {
        freed.close();
      }
    }
  }

  private final Keyspace keyspace;
  private final @Nullable Snapshot snapshot;
  private final Held held;
  private final long sequence;
  private final byte @Nullable [] from;
  private final byte @Nullable [] to;
  private final boolean reversed;
  private final LeakWatch.Watched watched;

  private Place place;

  /// After a step up `entries` stands on the current entry. After a step down it has already gone
  /// over all entries of the current key that may be seen: then it stands on the one before them,
  /// or nowhere.
  private boolean entriesBelow;

  private boolean entriesNowhere;

  private View view;
  private EntryCursor entries;

  /// Those of the view that cover anything.
  private RangeDeletes[] rangeDeletes;

  /// Takes the current entry where it would not stay in place while `entries` goes on.
  private MemorySegment kept = MemorySegment.NULL;

  private boolean isKept;

  /// The current entry.
  private MemorySegment segment = MemorySegment.NULL;

  private long keyOffset;
  private int keyLength;
  private long valueOffset;
  private int valueLength;

  /// A cursor that sees the keyspace as of `sequence`, which `snapshots` has noted for it, through
  /// a view that is pinned for it.
  Cursor(
      Keyspace keyspace,
      @Nullable Snapshot snapshot,
      OpenSnapshots snapshots,
      View view,
      KeyRange range,
      long sequence) {
    this.keyspace = keyspace;
    this.snapshot = snapshot;
    this.sequence = sequence;
    this.from = range.from();
    this.to = range.to();
    this.reversed = range.isReversed();
    this.place = reversed ? Place.ABOVE : Place.BELOW;
    this.held = new Held(snapshots, sequence, view);
    this.view = view;
    this.entries = held.entries;
    this.rangeDeletes = view.rangeDeletes();
    this.watched = keyspace.db().cursors().watch(this, held::release);
  }

  /// Goes to the next key; the first one if the cursor is new.
  ///
  /// @throws IllegalStateException if the move before has failed
  public boolean next() {
    Place left = begin();
    try {
      return reversed ? stepDown(left) : stepUp(left);
    } catch (InternalError e) {
      throw unreadable(e);
    }
  }

  /// Goes to the key before; the last one if the cursor stands behind the end.
  ///
  /// @throws IllegalStateException if the move before has failed
  public boolean previous() {
    Place left = begin();
    try {
      return reversed ? stepUp(left) : stepDown(left);
    } catch (InternalError e) {
      throw unreadable(e);
    }
  }

  /// Goes to the first key of the range.
  public boolean first() {
    begin();
    try {
      return reversed ? stepDown(Place.ABOVE) : stepUp(Place.BELOW);
    } catch (InternalError e) {
      throw unreadable(e);
    }
  }

  /// Goes to the last key of the range.
  public boolean last() {
    begin();
    try {
      return reversed ? stepUp(Place.BELOW) : stepDown(Place.ABOVE);
    } catch (InternalError e) {
      throw unreadable(e);
    }
  }

  /// Goes to `key`, or to the first key of the range behind it if it is not there.
  public boolean seek(byte[] key) {
    Limits.requireKey(key);
    begin();
    try {
      return reversed ? seekDown(key) : seekUp(key);
    } catch (InternalError e) {
      throw unreadable(e);
    }
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

  /// Prepares a move, and returns where the cursor stands: goes over to what the keyspace holds
  /// now, if it has changed since, so that what it has no use for any more can go.
  private Place begin() {
    requireOpen();
    Place left = place;
    if (view.isOutdated()) {
      renew();
    }
    place = Place.LOST;
    return left;
  }

  private void renew() {
    byte[] key = place == Place.ON_KEY ? key() : null;
    View renewed = keyspace.pinView();
    // It must not stand on memory that is somebody else's.
    place = Place.LOST;
    segment = MemorySegment.NULL;
    isKept = false;
    held.entries.close();
    held.view.unpin();
    held.view = renewed;
    held.entries = renewed.entries();
    view = renewed;
    entries = held.entries;
    rangeDeletes = renewed.rangeDeletes();
    if (key != null) {
      standOn(key);
    }
  }

  /// Stands on `key`, of which a version may be seen, as before.
  private void standOn(byte[] key) {
    if (!entries.seek(key, sequence)) {
      throw new IllegalStateException("the key under the cursor is gone");
    }
    take();
    if (entriesBelow) {
      keep();
      entriesNowhere = !leaveKeyDown();
    }
  }

  private boolean seekUp(byte[] key) {
    if (from != null && Arrays.compareUnsigned(key, from) < 0) {
      return stepUp(Place.BELOW);
    }
    return settleUp(entries.seek(key, NEWEST));
  }

  private boolean seekDown(byte[] key) {
    if (to != null && Arrays.compareUnsigned(key, to) >= 0) {
      return stepDown(Place.ABOVE);
    }
    return settleDown(entries.seek(key, OLDEST) ? entries.previous() : entries.last());
  }

  private boolean stepUp(Place left) {
    return switch (left) {
      case ABOVE -> settleUp(false);
      case BELOW -> settleUp(from == null ? entries.first() : entries.seek(from, NEWEST));
      case ON_KEY -> settleUp(entriesBelow ? seekAbove() : leaveKeyUp());
      case LOST -> throw lost();
    };
  }

  private boolean stepDown(Place left) {
    return switch (left) {
      case BELOW -> settleDown(false);
      case ABOVE -> settleDown(to == null ? entries.last() : seekBelow(to));
      case ON_KEY -> settleDown(entriesBelow ? !entriesNowhere : leaveKeyDown());
      case LOST -> throw lost();
    };
  }

  private static IllegalStateException lost() {
    return new IllegalStateException(
        "the cursor has lost its place as a move failed: go on by first(), last() or seek()");
  }

  /// Goes behind all entries of the current key.
  private boolean seekAbove() {
    return entries.seek(copy(keyOffset, keyLength), OLDEST);
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
      if (entries.kind() == Kind.PUT && !isDeleted()) {
        place = Place.ON_KEY;
        entriesBelow = false;
        return true;
      }
      found = leaveKeyUp();
    }
    place = Place.ABOVE;
    return false;
  }

  /// Goes down to the newest entry that may be seen of the next key that has a value. `entries`
  /// stands on an entry, unless `found` is false; no older entry of the same key that may be seen
  /// is above it.
  private boolean settleDown(boolean found) {
    while (found) {
      if (from != null && compareKey(from) < 0) {
        break;
      }
      if (entries.sequence() > sequence) {
        found = entries.previous();
        continue;
      }
      boolean lives;
      do {
        take();
        lives = entries.kind() == Kind.PUT && !isDeleted();
        if (!entries.staysInPlace()) {
          keep();
        }
        found = entries.previous();
      } while (found && onSameKey() && entries.sequence() <= sequence);
      if (lives) {
        place = Place.ON_KEY;
        entriesBelow = true;
        entriesNowhere = !found;
        return true;
      }
    }
    place = Place.BELOW;
    return false;
  }

  /// Whether a range delete that may be seen has taken away the entry that `entries` stands on.
  private boolean isDeleted() {
    for (RangeDeletes deletes : rangeDeletes) {
      long newest = deletes.newest(segment, keyOffset, keyLength, sequence);
      if (newest > entries.sequence()) {
        return true;
      }
    }
    return false;
  }

  private boolean leaveKeyUp() {
    boolean found;
    do {
      keepKey();
      found = entries.next();
    } while (found && onSameKey());
    return found;
  }

  private boolean leaveKeyDown() {
    boolean found;
    do {
      keepKey();
      found = entries.previous();
    } while (found && onSameKey());
    return found;
  }

  private void take() {
    isKept = false;
    segment = entries.segment();
    keyOffset = entries.keyOffset();
    keyLength = entries.keyLength();
    valueOffset = entries.valueOffset();
    valueLength = entries.valueLength();
  }

  /// Takes a copy of the key that is about to be left, if it would not stay in place.
  private void keepKey() {
    if (!isKept && !entries.staysInPlace()) {
      valueLength = 0;
      keep();
    }
  }

  /// Takes a copy of the current entry, if it is not one already.
  private void keep() {
    if (isKept) {
      return;
    }
    isKept = true;
    long needed = KEPT_KEY_AT + keyLength + (long) valueLength;
    if (kept.byteSize() < needed) {
      kept = held.memoryFor(needed);
    }
    MemorySegment.copy(segment, keyOffset, kept, KEPT_KEY_AT, keyLength);
    MemorySegment.copy(segment, valueOffset, kept, KEPT_KEY_AT + keyLength, valueLength);
    segment = kept;
    keyOffset = KEPT_KEY_AT;
    valueOffset = KEPT_KEY_AT + keyLength;
  }

  private boolean onSameKey() {
    return entries.keyLength() == keyLength
        && Keys.isSame(entries.segment(), entries.keyOffset(), segment, keyOffset, keyLength);
  }

  /// How the key of the entry that `entries` stands on compares with `bound`.
  private int compareKey(byte[] bound) {
    return -Keys.compare(
        bound, 0, bound.length, entries.segment(), entries.keyOffset(), entries.keyLength());
  }

  private byte[] copy(long offset, int length) {
    byte[] bytes = new byte[length];
    try {
      MemorySegment.copy(segment, ValueLayout.JAVA_BYTE, offset, bytes, 0, length);
    } catch (InternalError e) {
      throw unreadable(e);
    } finally {
      Reference.reachabilityFence(this); // else what it stands on could go while it is copied
    }
    return bytes;
  }

  /// A page of a mapped file that was there when its block was entered, and cannot be read any
  /// more.
  private DbException unreadable(InternalError error) {
    return new DbException(
        "keyspace %s: a table cannot be read any more: was its file cut, or is the disk failing?"
            .formatted(keyspace.name()),
        error);
  }

  private void requireOnKey() {
    requireOpen();
    if (place != Place.ON_KEY) {
      throw new IllegalStateException("the cursor stands on no key");
    }
  }

  private void requireOpen() {
    keyspace.requireOpen();
    if (snapshot != null) {
      snapshot.requireOpen();
    }
    if (watched.isClosed()) {
      throw new DbClosedException("the cursor is closed");
    }
  }
}
