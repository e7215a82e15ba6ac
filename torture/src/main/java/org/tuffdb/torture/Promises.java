package org.tuffdb.torture;

import java.util.Arrays;

/// How many writes of each writer somebody was told of. Thread-safe.
final class Promises {
  private final int[] durable;
  private final int[] acknowledged;
  private long sum;
  private boolean ended;

  Promises(int writers) {
    durable = new int[writers];
    acknowledged = new int[writers];
  }

  /// A write has returned; `synced` if it is to survive a power cut.
  synchronized void acknowledged(int writer, int writes, boolean synced) {
    acknowledged[writer] = writes;
    if (synced) {
      durable[writer] = Math.max(durable[writer], writes);
    }
    sum++;
    notifyAll();
  }

  /// All that was shown survives a power cut.
  synchronized void durable(Sight sight) {
    Arrays.setAll(durable, i -> Math.max(durable[i], sight.writes(i)));
  }

  /// What must survive a power cut that comes now.
  synchronized int[] now() {
    return durable.clone();
  }

  /// What must survive the end of the process.
  synchronized int[] acknowledged() {
    return acknowledged.clone();
  }

  /// The store is closed, or somebody has failed: whoever waits need not go on waiting.
  synchronized void end() {
    ended = true;
    notifyAll();
  }

  /// Waits until another write is acknowledged.
  synchronized void awaitAnother() {
    long before = sum;
    boolean interrupted = false;
    while (sum == before && !ended) {
      try {
        wait();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /// Waits until so many writes were acknowledged in all.
  synchronized void awaitSum(long writes) throws InterruptedException {
    while (sum < writes && !ended) {
      wait();
    }
  }
}
