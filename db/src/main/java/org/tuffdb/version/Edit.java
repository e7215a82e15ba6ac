package org.tuffdb.version;

/// One change of what a store consists of.
public sealed interface Edit {
  /// Files get numbers from `number` on; those below it were given out.
  record NextFile(long number) implements Edit {}

  /// The log goes on in file `number`, once the file before it is full.
  record LogAdded(long number) implements Edit {}

  /// Log file `number` is whole: `bytes` of it, header included, are on the disk, and no more will
  /// come.
  record LogEnded(long number, long bytes) implements Edit {}

  /// Log file `number` holds nothing that is needed.
  record LogDropped(long number) implements Edit {}

  /// The keyspace `name` exists, and entries name it by `id`.
  record KeyspaceAdded(int id, String name) implements Edit {}
}
