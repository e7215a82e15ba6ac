package org.tuffdb;

import java.lang.foreign.MemorySegment;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// What can be read from: a store, one of its keyspaces, a snapshot.
///
/// All methods may be called from any thread. They throw [org.tuffdb.error.DbClosedException] after
/// the store or the snapshot was closed, [IllegalArgumentException] for a key that is empty or
/// longer than 64 KiB, [NullPointerException] for null, and [org.tuffdb.error.CorruptionException]
/// where the bytes to be read are damaged. Arrays that are passed in are not kept, and those that
/// are returned are the caller's own.
public sealed interface Queryable permits Db, Keyspace, Snapshot, KeyspaceSnapshot {
  /// The value of `key`, or null if there is none.
  byte @Nullable [] get(byte[] key);

  /// Whether `key` has a value.
  boolean contains(byte[] key);

  /// Copies the value of `key` into `buffer`, as much of it as fits, and returns the value's full
  /// length in bytes; -1 if there is none. Allocates nothing.
  int get(byte[] key, byte[] buffer);

  /// Lends the value of `key` to `reader`, without copying it, and returns what that returns; null
  /// if there is no value. The segment is read-only and must not be used after `reader` has
  /// returned, nor by another thread. The reader should be quick, and not write to the store: while
  /// it runs, nothing that the store held when it began can be given up.
  <T extends @Nullable Object> @Nullable T get(
      byte[] key, Function<? super MemorySegment, ? extends T> reader);

  /// A cursor over the keys of `range`, which sees the store as it is now whatever is written
  /// later. It stands before the first key; close it after use.
  Cursor scan(KeyRange range);
}
