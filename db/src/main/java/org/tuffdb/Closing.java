package org.tuffdb;

import java.io.Closeable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.tuffdb.error.DbException;

/// The end of a store, which comes once: who asks first closes it, and the others wait for that.
///
/// Whatever a step throws, the next ones are taken: the directory may be freed only when nobody
/// works in it any more. On the way nothing is allocated, as the heap may be full.
final class Closing {
  private final AtomicBoolean begun = new AtomicBoolean();
  private final CountDownLatch done = new CountDownLatch(1);
  private @Nullable DbException unfinished;
  private boolean failed;

  boolean isBegun() {
    return begun.get();
  }

  /// Begins to close the store. If somebody else has begun, waits until it is closed, and returns
  /// false.
  boolean begin() {
    DbException made = new DbException("the store was closed, but not all of it was synced");
    if (!begun.compareAndSet(false, true)) {
      awaitDone();
      return false;
    }
    unfinished = made;
    return true;
  }

  /// Takes a step; returns whether it came to its end.
  boolean attempt(Closeable step) {
    try {
      step.close();
      return true;
    } catch (Throwable problem) {
      failed = true;
      note(problem);
      return false;
    }
  }

  void attemptAll(Closeable... steps) {
    for (Closeable step : steps) {
      boolean _ = attempt(step);
    }
  }

  private void note(Throwable problem) {
    try {
      if (unfinished != null) {
        unfinished.addSuppressed(problem);
      }
    } catch (OutOfMemoryError untold) {
      // That something went wrong is told all the same.
    }
  }

  /// Lets those go on who wait for it.
  void end() {
    done.countDown();
  }

  /// @throws DbException if a step has failed, with what it threw
  void requireWhole() {
    if (failed && unfinished != null) {
      throw unfinished;
    }
  }

  private void awaitDone() {
    boolean interrupted = false;
    while (done.getCount() > 0) {
      try {
        done.await();
      } catch (InterruptedException later) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
