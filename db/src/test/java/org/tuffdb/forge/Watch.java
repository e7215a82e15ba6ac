package org.tuffdb.forge;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Watches over work whose steps must not take long: what a step takes of the processor counts, so
/// that a busy machine is no violation; where it only waits, the clock does.
public final class Watch {
  private static final long CPU_NANOS_MAX = TimeUnit.SECONDS.toNanos(1);
  private static final long WAIT_NANOS_MAX = TimeUnit.SECONDS.toNanos(30);
  private static final Duration GLANCE = Duration.ofMillis(100);

  private final ThreadMXBean threads = ManagementFactory.getThreadMXBean();
  private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
  private volatile Step step = new Step("nothing", 0, 0);

  private record Step(String what, long cpuNanos, long clockNanos) {}

  private Watch() {}

  /// Does `work` on a thread of its own, which tells the watch of each step.
  ///
  /// @throws AssertionError if a step takes too long, or with whatever the work throws
  public static void over(Consumer<Watch> work) throws InterruptedException {
    Watch watch = new Watch();
    Thread worker = Thread.ofPlatform().daemon().unstarted(() -> work.accept(watch));
    worker.setUncaughtExceptionHandler((_, thrown) -> watch.failure.set(thrown));
    worker.start();
    try {
      while (!worker.join(GLANCE)) {
        watch.look(worker);
      }
    } finally {
      worker.interrupt(); // for one that hangs, and minds it
    }
    Throwable thrown = watch.failure.get();
    if (thrown != null) {
      // Not as its cause, which alone would be shown where there is one line for all.
      AssertionError violation = new AssertionError(thrown.getMessage());
      violation.addSuppressed(thrown);
      throw violation;
    }
  }

  /// The worker begins a step.
  public void begin(String what) {
    step = new Step(what, threads.getCurrentThreadCpuTime(), System.nanoTime());
  }

  private void look(Thread worker) {
    Step current = step;
    StackTraceElement[] stack = worker.getStackTrace();
    long cpuNanos = threads.getThreadCpuTime(worker.threadId()) - current.cpuNanos;
    boolean tooLong =
        current.clockNanos != 0
            && (cpuNanos > CPU_NANOS_MAX
                || System.nanoTime() - current.clockNanos > WAIT_NANOS_MAX);
    if (tooLong && step.equals(current)) {
      throw new AssertionError(
          "hangs: %s, at %s".formatted(current.what, Arrays.stream(stack).limit(8).toList()));
    }
  }
}
