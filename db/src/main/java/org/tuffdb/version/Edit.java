package org.tuffdb.version;

import org.tuffdb.table.TableInfo;

/// One change of what a store consists of.
public sealed interface Edit {
  /// Files get numbers from `number` on; those below it were given out.
  record NextFile(long number) implements Edit {}

  /// Keyspaces get ids from `id` on; those below it were given out.
  record NextKeyspace(int id) implements Edit {}

  /// The log goes on in file `number`, once the file before it is full.
  record LogAdded(long number) implements Edit {}

  /// Log file `number` is whole: `bytes` of it, header included, are on the disk, and no more will
  /// come. What may lie behind them, left by a crash, is not part of the log.
  record LogEnded(long number, long bytes) implements Edit {}

  /// Log file `number` holds nothing that is needed.
  record LogDropped(long number) implements Edit {}

  /// The first entry that the log must still have is that of `sequence`.
  record ReplayFrom(long sequence) implements Edit {}

  /// The keyspace `name` exists, and entries name it by `id`.
  record KeyspaceAdded(int id, String name) implements Edit {}

  /// The keyspace is gone, with all that is in it. What the log still has of it is passed over.
  record KeyspaceDropped(int id) implements Edit {}

  /// All entries of the keyspace up to `sequence` are in tables.
  record Flushed(int keyspaceId, long sequence) implements Edit {}

  /// `table` belongs to a level of the keyspace.
  record TableAdded(int keyspaceId, int level, TableInfo table) implements Edit {}

  /// Table `number` does not belong to the level any more.
  record TableRemoved(int keyspaceId, int level, long number) implements Edit {}
}
