package org.tuffdb.fs;

import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/// One daemon thread for each lane, which begins with its first task and ends with [#close], and
/// one for each `start`.
final class BackgroundThreads implements Background {
  private final String name;
  private final Map<Lane, ScheduledThreadPoolExecutor> lanes = new EnumMap<>(Lane.class);
  private final Set<Thread> laneThreads = ConcurrentHashMap.newKeySet();
  private volatile boolean closed;

  BackgroundThreads(String name) {
    this.name = name;
    for (Lane lane : Lane.values()) {
      String suffix = lane.name().toLowerCase(Locale.ROOT);
      ScheduledThreadPoolExecutor executor =
          new ScheduledThreadPoolExecutor(
              1, loop -> newLaneThread(suffix, loop), new ThreadPoolExecutor.DiscardPolicy());
      executor.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
      lanes.put(lane, executor);
    }
  }

  private Thread newLaneThread(String suffix, Runnable body) {
    Thread thread = newThread(suffix, body);
    laneThreads.add(thread);
    return thread;
  }

  private Thread newThread(String suffix, Runnable body) {
    return Thread.ofPlatform().daemon().name(name + "-" + suffix).unstarted(body);
  }

  @Override
  public void executeAfter(Lane lane, long delayNanos, Runnable task) {
    StackRoom.require();
    var _ = executor(lane).schedule(() -> run(task), delayNanos, TimeUnit.NANOSECONDS);
  }

  private ScheduledThreadPoolExecutor executor(Lane lane) {
    ScheduledThreadPoolExecutor executor = lanes.get(lane);
    if (executor == null) {
      throw new IllegalArgumentException("no such lane: " + lane);
    }
    return executor;
  }

  /// The executor would keep what a task throws to itself, in a future that nobody asks.
  private void run(Runnable task) {
    if (closed) {
      return;
    }
    try {
      task.run();
    } catch (Throwable thrown) {
      Thread thread = Thread.currentThread();
      thread.getUncaughtExceptionHandler().uncaughtException(thread, thrown);
    }
  }

  @Override
  public void pause(long nanos) {
    boolean interrupted = Thread.interrupted(); // a status that stays would end the wait at once
    LockSupport.parkNanos(this, nanos);
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public Thread start(String threadName, Runnable body) {
    StackRoom.require();
    Thread thread = newThread(threadName, body);
    thread.start();
    return thread;
  }

  /// Does not interrupt the tasks: one may be in the middle of a file. What is due already passes
  /// through the thread without being run, since taking it out of the queue could make the thread
  /// wait for more. A task that comes later is dropped.
  @Override
  public void close() {
    if (laneThreads.contains(Thread.currentThread())) {
      return;
    }
    closed = true;
    lanes.values().forEach(ScheduledThreadPoolExecutor::shutdown);
    lanes.values().forEach(BackgroundThreads::awaitEnd);
  }

  private static void awaitEnd(ScheduledThreadPoolExecutor executor) {
    boolean interrupted = false;
    while (!executor.isTerminated()) {
      try {
        boolean ended = executor.awaitTermination(Long.MAX_VALUE, TimeUnit.NANOSECONDS);
        assert ended;
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
