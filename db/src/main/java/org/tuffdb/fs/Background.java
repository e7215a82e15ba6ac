package org.tuffdb.fs;

/// Where a store's background work runs. Production uses threads; a deterministic test runs each
/// task at a moment of its own choosing, on its own thread.
public interface Background extends AutoCloseable {
  /// Runs `task` soon. Tasks run one at a time, in the order in which they came.
  void execute(Runnable task);

  /// Runs `task`, after those that are waiting, when `delayNanos` have passed.
  void executeAfter(long delayNanos, Runnable task);

  /// Starts a thread that runs `body` until `body` returns.
  Thread start(String name, Runnable body);

  /// Waits for the task that is running, and drops those that wait. Does nothing when called from a
  /// task.
  @Override
  void close();

  /// Daemon threads whose names begin with `name`; the thread that runs tasks is started with the
  /// first one.
  static Background threads(String name) {
    return new BackgroundThreads(name);
  }
}
