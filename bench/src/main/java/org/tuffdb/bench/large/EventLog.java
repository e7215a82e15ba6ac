package org.tuffdb.bench.large;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.tuffdb.event.Event;
import org.tuffdb.event.Listener;

/// Counts what happens in a store, and says at once what must not happen.
final class EventLog implements Listener {
  /// Those beyond are counted alone.
  private static final int KEPT_MAX = 100_000;

  /// An event, and when it was told, by [System#nanoTime()].
  record Timed(long nanos, Event event) {
    /// When that began which was told at its end.
    long begun() {
      return switch (event) {
        case Event.Flushed(_, _, _, _, long took) -> nanos - took;
        case Event.Compacted(_, _, _, _, _, _, _, _, long took) -> nanos - took;
        case Event.WritesStalled(_, long took) -> nanos - took;
        case Event.LogPrepared(_, _, _, long took) -> nanos - took;
        default -> nanos;
      };
    }
  }

  // Guarded by this.
  private final Map<String, Integer> counts = new TreeMap<>();
  private final List<Timed> events = new ArrayList<>();
  private int failures;
  private long told;

  @Override
  public synchronized void on(Event event) {
    told++;
    notifyAll();
    counts.merge(event.getClass().getSimpleName(), 1, Integer::sum);
    if (events.size() < KEPT_MAX) {
      events.add(new Timed(System.nanoTime(), event));
    }
    switch (event) {
      case Event.Failed _,
          Event.HousekeepingFailed _,
          Event.LeakFound _,
          Event.SpaceMissing _,
          Event.MemoryTooSmall _ -> {
        failures++;
        System.out.println("  event: " + event);
        if (event instanceof Event.Failed(Throwable cause)) {
          cause.printStackTrace(System.out);
        }
        if (event instanceof Event.HousekeepingFailed(Throwable cause)) {
          cause.printStackTrace(System.out);
        }
      }
      default -> {}
    }
  }

  /// How many events there were so far.
  synchronized long told() {
    return told;
  }

  /// Waits until there were more events than `before`, or until `deadlineNanos` by
  /// [System#nanoTime()].
  synchronized void awaitMoreThan(long before, long deadlineNanos) throws InterruptedException {
    for (long left; told <= before && (left = deadlineNanos - System.nanoTime()) > 0; ) {
      TimeUnit.NANOSECONDS.timedWait(this, left);
    }
  }

  synchronized int count(Class<? extends Event> kind) {
    return counts.getOrDefault(kind.getSimpleName(), 0);
  }

  /// What was going on at some time between two moments.
  synchronized List<Event> during(long fromNanos, long toNanos) {
    return events.stream()
        .filter(timed -> timed.begun() - toNanos <= 0 && timed.nanos - fromNanos >= 0)
        .map(Timed::event)
        .toList();
  }

  synchronized void print(Report report) {
    report.line("events", counts.toString().toLowerCase(Locale.ROOT).replaceAll("[{}]", ""));
    if (failures > 0) {
      report.fail("events that must not be", "%d, see above".formatted(failures));
    }
  }
}
