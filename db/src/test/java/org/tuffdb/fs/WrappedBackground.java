package org.tuffdb.fs;

/// A background that hands all to another one; but for what a test has it do otherwise.
public interface WrappedBackground extends Background {
  Background tasks();

  @Override
  default void executeAfter(Lane lane, long delayNanos, Runnable task) {
    tasks().executeAfter(lane, delayNanos, task);
  }

  @Override
  default void pause(long nanos) {
    tasks().pause(nanos);
  }

  @Override
  default Thread start(String name, Runnable body) {
    return tasks().start(name, body);
  }

  @Override
  default void close() {
    tasks().close();
  }
}
