package org.tuffdb;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.tuffdb.entry.Found;
import org.tuffdb.entry.Kind;
import org.tuffdb.error.DbClosedException;
import org.tuffdb.version.Levels;

/// A named part of a store with keys of its own. All keyspaces share one log, so a batch is atomic
/// across them, and a snapshot sees all of them at one moment. See [Db#keyspace(String)].
///
/// Thread-safe. What a write promises when it returns is said at [Db].
public final class Keyspace implements Queryable {
  private static final byte[] NOTHING = new byte[0];

  /// Stands for the newest sequence that is visible.
  private static final long NEWEST = Long.MAX_VALUE;

  private final Db db;
  private final int id;
  private final String name;
  private final Lifetimes lifetimes;
  private final Object changing = new Object();
  private volatile View view;
  private volatile boolean dropped;

  /// What the group that is being committed needs in memory here. For the leader of the commit
  /// pipeline.
  long neededBytes;

  Keyspace(Db db, int id, String name, Lifetimes lifetimes, Levels levels) {
    this.db = db;
    this.id = id;
    this.name = name;
    this.lifetimes = lifetimes;
    this.view = new View(lifetimes, levels);
    lifetimes.hold(view);
  }

  /// The name it was created with.
  public String name() {
    return name;
  }

  int id() {
    return id;
  }

  Db db() {
    return db;
  }

  View view() {
    return view;
  }

  /// Goes over to the view that `change` makes of the present one. Quick: readers never wait for
  /// it, but the leader of the commit pipeline may.
  ///
  /// @param outdates whether something of the old view is free to go
  void change(UnaryOperator<View> change, boolean outdates) {
    View old;
    Runnable letGo;
    synchronized (changing) {
      old = view;
      letGo = old::unpin;
      View next = change.apply(old);
      lifetimes.hold(next);
      view = next;
    }
    // From here on there may be no memory, but whoever made the new view must not take it back.
    if (outdates) {
      old.setOutdated();
    }
    db.readers().whenQuiet(letGo);
  }

  /// Has the keyspace hold nothing, and be of no use any more.
  void drop() {
    dropped = true;
    change(_ -> new View(lifetimes, Levels.NONE), true);
  }

  boolean isDropped() {
    return dropped;
  }

  /// As [Db#put(byte\[\], byte\[\])], in this keyspace.
  public void put(byte[] key, byte[] value) {
    put(key, value, Durability.SYNC);
  }

  /// As [Db#put(byte\[\], byte\[\], Durability)], in this keyspace.
  public void put(byte[] key, byte[] value, Durability durability) {
    Limits.requireKey(key);
    Limits.requireValue(value);
    db.commit(this, Kind.PUT, key, value, durability);
  }

  /// As [Db#delete(byte\[\])], in this keyspace.
  public void delete(byte[] key) {
    delete(key, Durability.SYNC);
  }

  /// As [Db#delete(byte\[\], Durability)], in this keyspace.
  public void delete(byte[] key, Durability durability) {
    Limits.requireKey(key);
    db.commit(this, Kind.DELETE, key, NOTHING, durability);
  }

  /// As [Db#deleteRange(KeyRange)], in this keyspace.
  public void deleteRange(KeyRange range) {
    deleteRange(range, Durability.SYNC);
  }

  /// As [Db#deleteRange(KeyRange, Durability)], in this keyspace.
  public void deleteRange(KeyRange range, Durability durability) {
    db.write(new Batch().deleteRange(this, range), durability);
  }

  /// As [Db#compact(KeyRange)], in this keyspace.
  public void compact(KeyRange range) {
    Objects.requireNonNull(range, "range");
    requireOpen();
    db.compact(this, range);
  }

  @Override
  public byte @Nullable [] get(byte[] key) {
    return get(key, NEWEST);
  }

  @Override
  public boolean contains(byte[] key) {
    return contains(key, NEWEST);
  }

  @Override
  public int get(byte[] key, byte[] buffer) {
    return get(key, buffer, NEWEST);
  }

  @Override
  public <T extends @Nullable Object> @Nullable T get(
      byte[] key, Function<? super MemorySegment, ? extends T> reader) {
    return get(key, reader, NEWEST);
  }

  @Override
  public Cursor scan(KeyRange range) {
    return scan(range, NEWEST, null);
  }

  byte @Nullable [] get(byte[] key, long sequence) {
    Limits.requireKey(key);
    Found found = Found.take();
    int reading = db.readers().enter();
    try {
      if (!find(key, sequence, found)) {
        return null;
      }
      byte[] value = new byte[found.valueLength()];
      MemorySegment.copy(
          found.segment(), ValueLayout.JAVA_BYTE, found.valueOffset(), value, 0, value.length);
      return value;
    } finally {
      found.release();
      db.readers().exit(reading);
    }
  }

  boolean contains(byte[] key, long sequence) {
    Limits.requireKey(key);
    Found found = Found.take();
    int reading = db.readers().enter();
    try {
      return find(key, sequence, found);
    } finally {
      found.release();
      db.readers().exit(reading);
    }
  }

  int get(byte[] key, byte[] buffer, long sequence) {
    Limits.requireKey(key);
    Objects.requireNonNull(buffer, "buffer");
    Found found = Found.take();
    int reading = db.readers().enter();
    try {
      if (!find(key, sequence, found)) {
        return -1;
      }
      int length = found.valueLength();
      int copied = Math.min(length, buffer.length);
      MemorySegment.copy(
          found.segment(), ValueLayout.JAVA_BYTE, found.valueOffset(), buffer, 0, copied);
      return length;
    } finally {
      found.release();
      db.readers().exit(reading);
    }
  }

  <T extends @Nullable Object> @Nullable T get(
      byte[] key, Function<? super MemorySegment, ? extends T> reader, long sequence) {
    Limits.requireKey(key);
    Objects.requireNonNull(reader, "reader");
    Found found = Found.take();
    int reading = db.readers().enter();
    try {
      if (!find(key, sequence, found)) {
        return null;
      }
      MemorySegment value = found.segment().asSlice(found.valueOffset(), found.valueLength());
      return reader.apply(value.asReadOnly());
    } finally {
      found.release();
      db.readers().exit(reading);
    }
  }

  /// Looks for `key`. Between [Readers#enter()] and [Readers#exit(int)] alone.
  ///
  /// The view comes first and the newest sequence then: a compaction that the view knows of has
  /// kept what is seen at any sequence that is visible later.
  private boolean find(byte[] key, long sequence, Found found) {
    requireOpen();
    View current = view;
    return current.get(key, sequence == NEWEST ? db.visibleSequence() : sequence, found);
  }

  Cursor scan(KeyRange range, long sequence, @Nullable Snapshot snapshot) {
    Objects.requireNonNull(range, "range");
    OpenSnapshots snapshots = db.snapshots();
    long noted = snapshots.open(sequence == NEWEST ? db::visibleSequence : () -> sequence);
    View pinned = null;
    try {
      if (snapshot != null) {
        snapshot.requireOpen(); // else what it needs may have gone before it was noted
      }
      pinned = pinView();
      return new Cursor(this, snapshot, snapshots, pinned, range, noted);
    } catch (Throwable refused) {
      if (pinned != null) {
        pinned.unpin();
      }
      snapshots.close(noted);
      throw refused;
    }
  }

  /// What the keyspace holds now, pinned for the caller.
  View pinView() {
    int reading = db.readers().enter();
    try {
      requireOpen();
      return pinWhatIsLeft();
    } finally {
      db.readers().exit(reading);
    }
  }

  /// The same for work of our own, which has ended before a closed store lets go of its views. Of a
  /// keyspace that was dropped it holds nothing.
  View pinWhatIsLeft() {
    int reading = db.readers().enter();
    try {
      View pinned = view;
      pinned.pin();
      return pinned;
    } finally {
      db.readers().exit(reading);
    }
  }

  void requireOpen() {
    db.requireOpen();
    if (dropped) {
      throw new DbClosedException("the keyspace was dropped: " + name);
    }
  }

  @Override
  public String toString() {
    return "Keyspace[" + name + "]";
  }
}
