package org.tuffdb.fs;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/// Background work that happens on the test's own thread, when the test says so.
///
/// Not for several threads.
public final class ManualBackground implements Background {
  private record Task(long dueNanos, Runnable body) {}

  private final Clock clock;
  private final List<Task> tasks = new ArrayList<>();

  /// How much time has passed for those who waited, though the clock stood still: else a task that
  /// puts itself off would come before every other one again and again.
  private long waitedNanos;

  private boolean closed;

  /// Delayed tasks become due by `clock`.
  public ManualBackground(Clock clock) {
    this.clock = clock;
  }

  @Override
  public void executeAfter(Lane lane, long delayNanos, Runnable task) {
    if (!closed) {
      tasks.add(new Task(now() + delayNanos, task));
    }
  }

  private long now() {
    return clock.nanos() + waitedNanos;
  }

  /// Runs the task that is due first, due or not: whoever waits, waits for one of them.
  @Override
  public void pause(long nanos) {
    Task next =
        tasks.stream()
            .min(Comparator.comparingLong(Task::dueNanos))
            .orElseThrow(() -> new IllegalStateException("nothing is left to wait for"));
    tasks.remove(next);
    waitedNanos += Math.max(0, next.dueNanos - now());
    next.body.run();
  }

  /// A test that is to be deterministic cannot have threads.
  @Override
  public Thread start(String name, Runnable body) {
    throw new IllegalStateException("a thread was asked for where there are none: " + name);
  }

  /// How many tasks wait, due or not.
  public int pending() {
    return tasks.size();
  }

  /// Runs the task that has been due for longest; false if none is due.
  public boolean runOne() {
    Task next =
        tasks.stream()
            .filter(task -> task.dueNanos <= now())
            .min(Comparator.comparingLong(Task::dueNanos))
            .orElse(null);
    if (next == null) {
      return false;
    }
    tasks.remove(next);
    next.body.run();
    return true;
  }

  /// Runs what is due, and what becomes due by that. Returns how many tasks ran.
  public int runAll() {
    int count = 0;
    while (runOne()) {
      count++;
    }
    return count;
  }

  @Override
  public void close() {
    closed = true;
    tasks.clear();
  }
}
