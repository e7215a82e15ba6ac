package org.tuffdb.workload;

import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CyclicBarrier;

/// Where the threads of a run wait until all have prepared what they need. The time of the run
/// begins when the last one has come, also for virtual threads that have to wait for a carrier.
final class StartLine {
  private final CyclicBarrier barrier;
  private volatile long beganNanos;

  /// @param atBegin is run before the time begins
  StartLine(int threads, Runnable atBegin) {
    this.barrier =
        new CyclicBarrier(
            threads,
            () -> {
              atBegin.run();
              beganNanos = System.nanoTime();
            });
  }

  /// Returns when the time began.
  long await() {
    try {
      barrier.await();
    } catch (BrokenBarrierException | InterruptedException failed) {
      throw new IllegalStateException("another thread of the run has failed", failed);
    }
    return beganNanos;
  }

  /// Has those that wait fail, because one that they wait for has.
  void abandon() {
    barrier.reset();
  }
}
