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
/// Others may lead before it comes to that. But nobody else tells them that they are done: whoever
/// led may be at its stack's end, and this thread is not. It may find no stack to wake this thread
/// either, so this one looks again by itself while anybody waits.
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

  /// Goes on whatever happens: virtual threads have nobody else, and others wait behind them. Also
  /// when the store is closed, until all are told; that waits for none of them, as what depends on
  /// a stage may close the store itself.
  private void run() {
    while (!closed || !entrusted.isEmpty()) {
      try {
        leadOrPark();
        tellAll();
      } catch (RuntimeException | Error unexpected) {
        failure.report(unexpected);
        LockSupport.parkNanos(this, LOOK_AGAIN_NANOS);
      }
    }
  }

  private void leadOrPark() {
    if (!leading.getAsBoolean() && !isFirstDone()) {
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

  private boolean isFirstDone() {
    Write first = entrusted.peek();
    return first != null && first.done;
  }

  /// Tells those who are done. One who cannot be told, for want of memory, stays the first.
  private void tellAll() {
    for (Write first; (first = entrusted.peek()) != null && first.done; ) {
      first.tell(callbacks);
      entrusted.remove(first);
    }
  }

  /// To be called when nothing is queued any more and nobody leads.
  void close() {
    closed = true;
    wake();
  }
}
