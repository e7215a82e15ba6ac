package org.tuffdb.fs;

import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// One daemon thread for the tasks, which begins with the first one and ends with [#close], and one
/// for each `start`.
final class BackgroundThreads implements Background {
  private final String name;
  private final ScheduledThreadPoolExecutor tasks;
  private volatile @Nullable Thread taskThread;
  private volatile boolean closed;

  BackgroundThreads(String name) {
    this.name = name;
    this.tasks =
        new ScheduledThreadPoolExecutor(
            1, this::newTaskThread, new ThreadPoolExecutor.DiscardPolicy());
    tasks.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
  }

  private Thread newTaskThread(Runnable loop) {
    Thread thread = newThread("tasks", loop);
    taskThread = thread;
    return thread;
  }

  private Thread newThread(String suffix, Runnable body) {
    return Thread.ofPlatform().daemon().name(name + "-" + suffix).unstarted(body);
  }

  @Override
  public void execute(Runnable task) {
    tasks.execute(() -> run(task));
  }

  @Override
  public void executeAfter(long delayNanos, Runnable task) {
    var _ = tasks.schedule(() -> run(task), delayNanos, TimeUnit.NANOSECONDS);
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
  public Thread start(String threadName, Runnable body) {
    Thread thread = newThread(threadName, body);
    thread.start();
    return thread;
  }

  /// Does not interrupt the task: it may be in the middle of a file. What is due already passes
  /// through the thread without being run, since taking it out of the queue could make the thread
  /// wait for more. A task that comes later is dropped.
  @Override
  public void close() {
    if (Thread.currentThread().equals(taskThread)) {
      return;
    }
    closed = true;
    tasks.shutdown();
    awaitEnd();
  }

  private void awaitEnd() {
    boolean interrupted = false;
    while (!tasks.isTerminated()) {
      try {
        boolean ended = tasks.awaitTermination(Long.MAX_VALUE, TimeUnit.NANOSECONDS);
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
