package org.tuffdb.workload;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import org.HdrHistogram.Histogram;

/// What one thread has done, and how long each operation took. The clock is read once for each: the
/// end of one is the beginning of the next.
final class Measure {
  private static final long LONGEST_NANOS = 3_600_000_000_000L;
  private static final int SIGNIFICANT_DIGITS = 3;

  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private final Histogram latencies = new Histogram(LONGEST_NANOS, SIGNIFICANT_DIGITS);
  private final long limitNanos;
  private final StartLine start;
  private final boolean virtual;
  private long begunNanos;
  private long lastNanos;
  private long operations;
  private long putBytes;
  private long allocatedBytes;

  /// @param virtual whether the thread is: the JVM does not say then what it allocates
  Measure(double seconds, StartLine start, boolean virtual) {
    this.limitNanos = (long) (seconds * 1e9);
    this.start = start;
    this.virtual = virtual;
  }

  /// Waits until all threads have prepared what they need.
  void begin() {
    begunNanos = start.await();
    allocatedBytes = virtual ? 0 : THREADS.getCurrentThreadAllocatedBytes();
    lastNanos = System.nanoTime();
  }

  /// Notes the end of an operation, and returns whether there is time for another one.
  boolean done() {
    return done(1);
  }

  /// Notes the end of `count` operations that were done as one, or are too short to time each.
  boolean done(int count) {
    long now = System.nanoTime();
    latencies.recordValue(Math.min(LONGEST_NANOS, now - lastNanos));
    lastNanos = now;
    operations += count;
    return now - begunNanos < limitNanos;
  }

  /// Notes what an operation has given the store to keep; for a delete that is the key.
  void put(long bytes) {
    putBytes += bytes;
  }

  /// To be called by the same thread in the end.
  void end() {
    allocatedBytes = virtual ? 0 : THREADS.getCurrentThreadAllocatedBytes() - allocatedBytes;
  }

  /// Has the threads that wait in [#begin()] fail, because one that they wait for has.
  void abandon() {
    start.abandon();
  }

  Histogram latencies() {
    return latencies;
  }

  long operations() {
    return operations;
  }

  /// How long all keys and values were that it has put.
  long putBytes() {
    return putBytes;
  }

  /// What it has taken so far.
  double seconds() {
    return (lastNanos - begunNanos) / 1e9;
  }

  long begunNanos() {
    return begunNanos;
  }

  long endedNanos() {
    return lastNanos;
  }

  /// How much the thread has allocated in the heap; 0 of a virtual one.
  long allocatedBytes() {
    return allocatedBytes;
  }
}
