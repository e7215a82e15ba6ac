package org.tuffdb.event;

import java.nio.file.Path;

/// Something that happened in a store.
public sealed interface Event {
  /// The store was opened.
  ///
  /// @param entries how many entries were replayed from the log
  /// @param copiedBytes how much of the log was copied, because it might not have been on the disk
  record Opened(Path directory, long entries, long copiedBytes, long nanos) implements Event {}

  /// The log ended in a record that a crash had cut short. It was never acknowledged as durable.
  /// Its bytes are kept in `copy`.
  record TornTailFound(Path log, long offset, long bytes, Path copy) implements Event {}

  /// A file of the log was made ready for writing.
  record LogPrepared(Path log, long sizeBytes, boolean recycled, long nanos) implements Event {}

  /// Something that can wait went wrong: to make the next file of the log ready, to note that one
  /// is whole, to delete one. It is tried again when it is needed, or at the next opening.
  record HousekeepingFailed(Throwable cause) implements Event {}

  /// A file of the log is whole and on the disk.
  record LogEnded(Path log, long bytes) implements Event {}

  /// A file that nothing refers to was deleted.
  record FileDeleted(Path file) implements Event {}

  /// The store stopped taking writes.
  record Failed(Throwable cause) implements Event {}

  /// A snapshot or cursor was never closed; `openedAt` shows the place that opened it.
  record LeakFound(String what, Throwable openedAt) implements Event {}
}
