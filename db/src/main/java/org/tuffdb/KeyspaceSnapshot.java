package org.tuffdb;

import java.lang.foreign.MemorySegment;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// One keyspace of a snapshot.
record KeyspaceSnapshot(Snapshot snapshot, Keyspace keyspace) implements Queryable {
  @Override
  public byte @Nullable [] get(byte[] key) {
    snapshot.requireOpen();
    var found = keyspace.get(key, snapshot.sequence());
    snapshot.requireOpen(); // else what it needs may have gone meanwhile
    return found;
  }

  @Override
  public boolean contains(byte[] key) {
    snapshot.requireOpen();
    boolean found = keyspace.contains(key, snapshot.sequence());
    snapshot.requireOpen(); // else what it needs may have gone meanwhile
    return found;
  }

  @Override
  public int get(byte[] key, byte[] buffer) {
    snapshot.requireOpen();
    var found = keyspace.get(key, buffer, snapshot.sequence());
    snapshot.requireOpen(); // else what it needs may have gone meanwhile
    return found;
  }

  @Override
  public <T extends @Nullable Object> @Nullable T get(
      byte[] key, Function<? super MemorySegment, ? extends T> reader) {
    snapshot.requireOpen();
    var found = keyspace.get(key, reader, snapshot.sequence());
    snapshot.requireOpen(); // else what it needs may have gone meanwhile
    return found;
  }

  @Override
  public Cursor scan(KeyRange range) {
    snapshot.requireOpen();
    return keyspace.scan(range, snapshot.sequence(), snapshot);
  }
}
