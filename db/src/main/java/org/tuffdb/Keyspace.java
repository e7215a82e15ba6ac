package org.tuffdb;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.tuffdb.entry.Kind;

/// A named part of a store with keys of its own. All keyspaces share one log, so a batch is atomic
/// across them, and a snapshot sees all of them at one moment. See [Db#keyspace(String)].
///
/// Thread-safe. What a write promises when it returns is said at [Db].
public final class Keyspace implements Queryable {
  private static final byte[] NOTHING = new byte[0];

  private final Db db;
  private final int id;
  private final String name;
  private volatile View view;

  /// What the group that is being committed needs in memory here. For the leader of the commit
  /// pipeline.
  long neededBytes;

  Keyspace(Db db, int id, String name, View view) {
    this.db = db;
    this.id = id;
    this.name = name;
    this.view = view;
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

  void setView(View next) {
    view = next;
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

  @Override
  public byte @Nullable [] get(byte[] key) {
    return get(key, db.visibleSequence());
  }

  @Override
  public boolean contains(byte[] key) {
    return contains(key, db.visibleSequence());
  }

  @Override
  public int get(byte[] key, byte[] buffer) {
    return get(key, buffer, db.visibleSequence());
  }

  @Override
  public <T extends @Nullable Object> @Nullable T get(
      byte[] key, Function<? super MemorySegment, ? extends T> reader) {
    return get(key, reader, db.visibleSequence());
  }

  @Override
  public Cursor scan(KeyRange range) {
    return scan(range, db.visibleSequence(), null);
  }

  byte @Nullable [] get(byte[] key, long sequence) {
    Limits.requireKey(key);
    View.Found found = new View.Found();
    if (!view.get(key, sequence, found)) {
      return null;
    }
    byte[] value = new byte[found.length()];
    MemorySegment.copy(
        found.segment(), ValueLayout.JAVA_BYTE, found.offset(), value, 0, value.length);
    return value;
  }

  boolean contains(byte[] key, long sequence) {
    Limits.requireKey(key);
    return view.get(key, sequence, new View.Found());
  }

  int get(byte[] key, byte[] buffer, long sequence) {
    Limits.requireKey(key);
    Objects.requireNonNull(buffer, "buffer");
    View.Found found = new View.Found();
    if (!view.get(key, sequence, found)) {
      return -1;
    }
    int length = found.length();
    int copied = Math.min(length, buffer.length);
    MemorySegment.copy(found.segment(), ValueLayout.JAVA_BYTE, found.offset(), buffer, 0, copied);
    return length;
  }

  <T extends @Nullable Object> @Nullable T get(
      byte[] key, Function<? super MemorySegment, ? extends T> reader, long sequence) {
    Limits.requireKey(key);
    Objects.requireNonNull(reader, "reader");
    View.Found found = new View.Found();
    return view.get(key, sequence, found)
        ? reader.apply(found.segment().asSlice(found.offset(), found.length()).asReadOnly())
        : null;
  }

  Cursor scan(KeyRange range, long sequence, @Nullable Snapshot snapshot) {
    Objects.requireNonNull(range, "range");
    return new Cursor(db, snapshot, view.entries(), range, sequence, db.cursors());
  }

  @Override
  public String toString() {
    return "Keyspace[" + name + "]";
  }
}
