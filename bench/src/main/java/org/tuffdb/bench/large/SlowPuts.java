package org.tuffdb.bench.large;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;

/// Remembers the puts that took long, and where the thread was while one did.
final class SlowPuts {
  static final long SLOW_NANOS = 5_000_000;

  private static final long LOOK_NANOS = 2_000_000;
  private static final long NONE = -1;
  private static final int FRAMES = 8;

  private final Thread writer = Thread.currentThread();
  private final List<SlowPut> puts = new ArrayList<>();
  private volatile long underWayNanos = NONE;

  /// Guarded by this.
  private String seenAt = "";

  /// A put that took long.
  ///
  /// @param seenAt the calls that the thread was in some time meanwhile, the innermost first
  record SlowPut(long beganNanos, long nanos, String seenAt) {}

  /// For puts of the current thread.
  SlowPuts() {
    Thread.ofPlatform().daemon().name("watcher of slow puts").start(this::watch);
  }

  private void watch() {
    while (true) {
      long began = underWayNanos;
      if (began != NONE && System.nanoTime() - began > SLOW_NANOS) {
        look();
      }
      LockSupport.parkNanos(LOOK_NANOS);
    }
  }

  private synchronized void look() {
    if (seenAt.isEmpty()) {
      seenAt =
          Arrays.stream(writer.getStackTrace())
              .limit(FRAMES)
              .map(SlowPuts::place)
              .collect(Collectors.joining(" < "));
    }
  }

  private static String place(StackTraceElement frame) {
    String type = frame.getClassName();
    return type.substring(type.lastIndexOf('.') + 1)
        + "."
        + frame.getMethodName()
        + ":"
        + frame.getLineNumber();
  }

  void begun(long nanos) {
    underWayNanos = nanos;
  }

  void ended(long beganNanos, long nanos) {
    if (nanos > SLOW_NANOS) {
      underWayNanos = NONE;
      synchronized (this) {
        puts.add(new SlowPut(beganNanos, nanos, seenAt));
        seenAt = "";
      }
    }
  }

  int count() {
    return puts.size();
  }

  List<SlowPut> slowest(int most) {
    return puts.stream()
        .sorted(Comparator.comparingLong(SlowPut::nanos).reversed())
        .limit(most)
        .toList();
  }
}
