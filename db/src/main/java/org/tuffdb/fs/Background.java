package org.tuffdb.fs;

/// Where a store's background work runs. Production uses threads; a deterministic test runs each
/// task at a moment of its own choosing, on its own thread.
public interface Background extends AutoCloseable {
  /// Kinds of work that do not wait for each other.
  enum Lane {
    /// Much that is short.
    TASKS,
    /// The log's next file, made ready before writers come to it.
    PREPARE,
    /// Memory for the next memtable, likewise.
    MEMORY,
    /// Memtables on their way into tables.
    FLUSH,
    /// Merges of tables.
    COMPACTION
  }

  /// Runs `task` soon. The tasks of a lane run one at a time, in the order in which they came.
  default void execute(Lane lane, Runnable task) {
    executeAfter(lane, 0, task);
  }

  /// Runs `task`, after those of its lane that are waiting, when `delayNanos` have passed.
  void executeAfter(Lane lane, long delayNanos, Runnable task);

  /// Has the calling thread wait for so long, or until it is unparked or interrupted anew; a
  /// deterministic test runs a task meanwhile.
  void pause(long nanos);

  /// Starts a thread that runs `body` until `body` returns.
  Thread start(String name, Runnable body);

  /// Waits for the tasks that are running, and drops those that wait. Does nothing when called from
  /// a task.
  @Override
  void close();

  /// Daemon threads whose names begin with `name`; the thread of a lane is started with its first
  /// task.
  static Background threads(String name) {
    return new BackgroundThreads(name);
  }
}
