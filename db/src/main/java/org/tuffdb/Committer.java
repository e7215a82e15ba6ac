package org.tuffdb;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.tuffdb.fs.Background;

/// The thread of a [CommitPipeline] that leads for those who do not: virtual threads, and callers
/// who do not wait. It begins with the first of them.
///
/// Others may lead before it comes to that, and find no stack to tell them. So it keeps an eye on
/// each until that one is told.
final class Committer {
  /// Whoever leads wakes it; this is for when that failed.
  private static final long LOOK_AGAIN_NANOS = 10_000_000;

  private final BooleanSupplier leading;
  private final Failure failure;
  private final Background background;
  private final Executor callbacks;
  private final Queue<Write> entrusted = new ConcurrentLinkedQueue<>();
  private volatile @Nullable Thread thread;
  private volatile boolean resting;
  private volatile boolean closed;

  /// @param leading leads if anything is queued and nobody else does; returns whether it did
  Committer(BooleanSupplier leading, Failure failure, Background background, Executor callbacks) {
    this.leading = leading;
    this.failure = failure;
    this.background = background;
    this.callbacks = callbacks;
  }

  /// To be called before `write` is queued.
  void entrust(Write write) {
    if (thread == null) {
      start();
    }
    entrusted.add(write);
  }

  private synchronized void start() {
    if (thread == null) {
      thread = background.start("committer", this::run);
    }
  }

  /// What was entrusted is queued. If somebody leads, that one wakes the committer when there is
  /// still something to do; it is to look by itself, too.
  void queued(boolean somebodyLeads) {
    if (!somebodyLeads || resting) {
      wake();
    }
  }

  void wake() {
    LockSupport.unpark(thread);
  }

  /// Goes on whatever happens: virtual threads have nobody else, and others wait behind them.
  private void run() {
    while (!closed) {
      try {
        leadOrPark();
      } catch (RuntimeException | Error unexpected) {
        failure.report(unexpected);
      }
    }
  }

  private void leadOrPark() {
    if (!leading.getAsBoolean() && !tell()) {
      resting = entrusted.isEmpty();
      if (resting && entrusted.isEmpty() && !closed) {
        LockSupport.park(this);
      } else {
        LockSupport.parkNanos(this, LOOK_AGAIN_NANOS);
      }
      resting = false;
      // Nobody has a reason to interrupt this thread; a status that stays would let it spin.
      boolean ignored = Thread.interrupted();
    }
  }

  /// Tells the first of all that it is done, if it is, and nobody has told it.
  private boolean tell() {
    Write first = entrusted.peek();
    if (first == null || !first.done) {
      return false;
    }
    entrusted.remove(first);
    first.wake();
    first.complete(callbacks);
    return true;
  }

  void close() {
    closed = true;
    wake();
  }
}
