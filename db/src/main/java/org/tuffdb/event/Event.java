package org.tuffdb.event;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// Something that happened in a store.
public sealed interface Event {
  /// The store was opened.
  ///
  /// @param entries how many entries were replayed from the log
  /// @param flushedBytes how much was written into tables, because memory would not have been
  ///   enough or the log had too many files
  record Opened(Path directory, long entries, long flushedBytes, long nanos) implements Event {}

  /// The log ended in a record that a crash had cut short. It was never acknowledged as durable.
  /// Its bytes are kept in `copy`, unless [HousekeepingFailed] was told of before: then there was
  /// no room for it, or the disk failed.
  record TornTailFound(Path log, long offset, long bytes, Path copy) implements Event {}

  /// A file of the log was made ready for writing.
  record LogPrepared(Path log, long sizeBytes, boolean recycled, long nanos) implements Event {}

  /// Something in the background went wrong: to make the next file of the log ready, to note that
  /// one is whole, to delete one, to flush, to merge. It is tried again when it is needed, or at
  /// the next opening. A flush or a merge is tried three times within a second: then the store
  /// takes no more writes, or, where the merge cannot read what is there, there are no more merges
  /// in that keyspace until the next opening. A merge that has met damage is not tried again before
  /// that.
  record HousekeepingFailed(Throwable cause) implements Event {}

  /// A file of the log is whole and on the disk.
  record LogEnded(Path log, long bytes) implements Event {}

  /// A file that nothing refers to was deleted.
  record FileDeleted(Path file) implements Event {}

  /// The store stopped taking writes.
  record Failed(Throwable cause) implements Event {}

  /// A snapshot or cursor was never closed.
  ///
  /// @param openedAt shows the place that opened it; null if there were many before, for then only
  ///   one in 64 has it noted
  record LeakFound(String what, @Nullable Throwable openedAt) implements Event {}

  /// A memtable went into a table.
  ///
  /// @param entries how many entries the table has
  record Flushed(String keyspace, Path table, long entries, long bytes, long nanos)
      implements Event {}

  /// Tables were merged, or written anew.
  ///
  /// @param reason why, in a word or two
  record Compacted(
      String keyspace,
      int fromLevel,
      int toLevel,
      int tablesRead,
      int tablesWritten,
      long bytesRead,
      long bytesWritten,
      String reason,
      long nanos)
      implements Event {}

  /// Tables went to another level as they are, or were dropped (`toLevel` is -1 then) because a
  /// range delete covers them.
  record TablesMoved(String keyspace, int tables, int fromLevel, int toLevel) implements Event {}

  /// Writers are slowed down from now on, or, where `bytesPerSecond` is [Long#MAX_VALUE], no more.
  ///
  /// @param cause what the background has to catch up with
  record WritesSlowed(String cause, long bytesPerSecond) implements Event {}

  /// A write had to wait until memory was freed.
  record WritesStalled(String cause, long nanos) implements Event {}

  /// The disk is full. Flushes and compactions go on by themselves when there is room.
  record SpaceMissing(String stopped, Throwable cause) implements Event {}

  /// The filters and fences of the tables alone exceed what the memory budget has for them: reads
  /// will be slow. Raise `Options.memory`.
  record MemoryTooSmall(long neededBytes, long memoryBytes) implements Event {}
}
