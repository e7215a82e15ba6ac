package org.tuffdb;

import org.tuffdb.fs.Background;

/// A background that refuses all work, as one does where no thread can be started.
final class NoBackground implements Background {
  @Override
  public void executeAfter(Lane lane, long delayNanos, Runnable task) {
    throw new IllegalStateException("there is no thread");
  }

  @Override
  public void pause(long nanos) {}

  @Override
  public Thread start(String name, Runnable body) {
    throw new IllegalStateException("there is no thread");
  }

  @Override
  public void close() {}
}
