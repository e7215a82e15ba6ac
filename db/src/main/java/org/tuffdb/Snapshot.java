package org.tuffdb;

import java.lang.foreign.MemorySegment;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.tuffdb.error.DbClosedException;

/// The store as it was at one moment, in all keyspaces: see [Db#snapshot()]. Its own methods read
/// the default keyspace.
///
/// Thread-safe. Close it after use; one that is forgotten is reported to the listener, with the
/// place that opened it.
public final class Snapshot implements Queryable, AutoCloseable {
  private final Db db;
  private final long sequence;
  private final Keyspace keyspace;
  private final LeakWatch.Watched watched;

  Snapshot(Db db, long sequence, Keyspace keyspace, LeakWatch watch) {
    this.db = db;
    this.sequence = sequence;
    this.keyspace = keyspace;
    OpenSnapshots snapshots = db.snapshots();
    this.watched = watch.watch(this, () -> snapshots.close(sequence));
  }

  /// The number of writes that the store had seen at that moment.
  public long sequence() {
    return sequence;
  }

  /// The keyspace of that name as it was at that moment; empty if it was created later.
  ///
  /// @throws IllegalArgumentException if there is no such keyspace
  public Queryable keyspace(String name) {
    requireOpen();
    Keyspace found = db.findKeyspace(name);
    if (found == null) {
      throw new IllegalArgumentException("the store has no keyspace " + name);
    }
    return new KeyspaceSnapshot(this, found);
  }

  @Override
  public byte @Nullable [] get(byte[] key) {
    requireOpen();
    var found = keyspace.get(key, sequence);
    requireOpen(); // else what it needs may have gone meanwhile
    return found;
  }

  @Override
  public boolean contains(byte[] key) {
    requireOpen();
    boolean found = keyspace.contains(key, sequence);
    requireOpen(); // else what it needs may have gone meanwhile
    return found;
  }

  @Override
  public int get(byte[] key, byte[] buffer) {
    requireOpen();
    var found = keyspace.get(key, buffer, sequence);
    requireOpen(); // else what it needs may have gone meanwhile
    return found;
  }

  @Override
  public <T extends @Nullable Object> @Nullable T get(
      byte[] key, Function<? super MemorySegment, ? extends T> reader) {
    requireOpen();
    var found = keyspace.get(key, reader, sequence);
    requireOpen(); // else what it needs may have gone meanwhile
    return found;
  }

  @Override
  public Cursor scan(KeyRange range) {
    requireOpen();
    return keyspace.scan(Objects.requireNonNull(range, "range"), sequence, this);
  }

  void requireOpen() {
    db.requireOpen();
    if (watched.isClosed()) {
      throw new DbClosedException("the snapshot is closed");
    }
  }

  /// Ends the snapshot. Its cursors end with it. Closing again does nothing.
  @Override
  public void close() {
    watched.close();
  }
}
