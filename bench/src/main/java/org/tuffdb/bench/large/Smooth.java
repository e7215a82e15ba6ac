package org.tuffdb.bench.large;

import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import org.HdrHistogram.Histogram;
import org.tuffdb.Db;
import org.tuffdb.Durability;
import org.tuffdb.Stats;
import org.tuffdb.event.Event;

/// How long single puts take while they come at full speed, and how steady that is.
final class Smooth {
  private static final double P999_MICROS_MAX = 500;
  private static final double LONGEST_MILLIS_MAX = 50;
  private static final double WORST_SECOND_MIN = 0.5;

  private static final long SECOND_NANOS = 1_000_000_000;
  private static final int SLOWEST_SHOWN = 5;
  private static final int LINE_CELLS = 100;
  private static final String BARS = "▁▂▃▄▅▆▇█";

  private final Db db;
  private final EventLog events;
  private final Report report;
  private final Settings settings;
  private final long durationNanos;
  private final Histogram histogram = new Histogram(3);
  private final long[] perSecond;
  private final SlowPuts slow = new SlowPuts();

  private Smooth(Db db, EventLog events, Settings settings, double minutes, Report report) {
    this.db = db;
    this.events = events;
    this.settings = settings;
    this.report = report;
    this.durationNanos = (long) (minutes * 60 * SECOND_NANOS);
    this.perSecond = new long[(int) (durationNanos / SECOND_NANOS) + 1];
  }

  static List<Command> commands() {
    return List.of(
        new Command("smooth", "minutes entries memory seed reading dir keep", Smooth::run));
  }

  private static void run(Arguments arguments, Report report) throws Exception {
    Settings settings = Settings.of(arguments, 20_000_000, 256 << 20);
    double minutes = arguments.decimal("minutes", 5);
    try (StoreDirectory directory = StoreDirectory.of(arguments)) {
      report.title("smooth: %.1f minutes, keys out of %,d".formatted(minutes, settings.entries()));
      EventLog events = new EventLog();
      try (Db db = settings.open(directory.path(), events)) {
        Smooth smooth = new Smooth(db, events, settings, minutes, report);
        Watch watch = Watch.begin();
        smooth.put(watch.beganNanos());
        smooth.print(watch);
      }
      events.print(report);
    }
  }

  private void put(long begun) {
    SplittableRandom random = new SplittableRandom(settings.seed());
    Entries entries = new Entries(settings.seed());
    byte[] key = new byte[Entries.KEY_BYTES];
    byte[] value = new byte[Entries.VALUE_BYTES];
    int version = 0;
    for (long ended = begun; ended - begun < durationNanos; ) {
      entries.key(random.nextLong(settings.entries()), key);
      entries.value(key, version++, value);
      long called = System.nanoTime();
      slow.begun(called);
      db.put(key, value, Durability.BUFFERED);
      ended = System.nanoTime();
      histogram.recordValue(ended - called);
      perSecond[(int) Math.min(perSecond.length - 1, (ended - begun) / SECOND_NANOS)]++;
      slow.ended(called, ended - called);
    }
  }

  private void print(Watch watch) {
    report.rate("BUFFERED puts of random keys", histogram.getTotalCount(), watch);
    report.line("p50", "%.2f µs".formatted(micros(50)));
    report.line("p99", "%.2f µs".formatted(micros(99)));
    report.atMost("p99.9", micros(99.9), P999_MICROS_MAX, "µs");
    report.line("p99.99", "%.2f µs".formatted(micros(99.99)));
    report.atMost("longest", histogram.getMaxValue() / 1e6, LONGEST_MILLIS_MAX, "ms");
    printSeconds();
    printSlowest(watch.beganNanos());
    printCauses();
  }

  private double micros(double percentile) {
    return histogram.getValueAtPercentile(percentile) / 1e3;
  }

  /// The last second is not a whole one.
  private void printSeconds() {
    long[] whole = Arrays.copyOf(perSecond, perSecond.length - 1);
    if (whole.length == 0) {
      return;
    }
    long[] sorted = whole.clone();
    Arrays.sort(sorted);
    long median = sorted[sorted.length / 2];
    report.line("median second", "%,d puts".formatted(median));
    int worst = 0;
    for (int second = 0; second < whole.length; second++) {
      worst = whole[second] < whole[worst] ? second : worst;
    }
    report.line(
        "worst second", "%,d puts, second %d of %d".formatted(whole[worst], worst, whole.length));
    report.atLeast(
        "worst of median second", (double) whole[worst] / median, WORST_SECOND_MIN, "times");
    report.line("from 0 to " + sorted[sorted.length - 1] + " puts a second", bars(whole));
  }

  /// Each bar is the worst of a few seconds.
  private static String bars(long[] whole) {
    long most = Math.max(1, Arrays.stream(whole).max().orElse(1));
    int each = (whole.length + LINE_CELLS - 1) / LINE_CELLS;
    StringBuilder bars = new StringBuilder();
    for (int from = 0; from < whole.length; from += each) {
      int to = Math.min(whole.length, from + each);
      long least = Arrays.stream(whole, from, to).min().orElse(0);
      bars.append(BARS.charAt((int) (least * (BARS.length() - 1) / most)));
    }
    return bars.toString();
  }

  private void printSlowest(long begun) {
    report.line("puts longer than 5 ms", Integer.toString(slow.count()));
    for (SlowPuts.SlowPut put : slow.slowest(SLOWEST_SHOWN)) {
      report.line(
          "  %.1f ms, begun at".formatted(put.nanos() / 1e6),
          "%.2f s; meanwhile %s"
              .formatted(
                  (put.beganNanos() - begun) / 1e9,
                  names(events.during(put.beganNanos(), put.beganNanos() + put.nanos()))));
      report.line("    seen in", put.seenAt());
    }
  }

  private static String names(List<Event> meanwhile) {
    return meanwhile.stream()
        .map(event -> event.getClass().getSimpleName().toLowerCase(Locale.ROOT))
        .toList()
        .toString();
  }

  private void printCauses() {
    Stats stats = db.stats();
    Stats.Work work = stats.work();
    report.line(
        "slowed and stalled",
        "slowed down or freed again %,d times, delayed %.1f s; stalled %,d times, %.1f s"
            .formatted(
                events.count(Event.WritesSlowed.class),
                work.delayedNanos() / 1e9,
                events.count(Event.WritesStalled.class),
                work.stalledNanos() / 1e9));
    report.line(
        "tables",
        "%,.0f MiB, write amplification %.1f, debt %,.0f MiB"
            .formatted(
                stats.tableBytes() / Settings.MIB,
                work.writeAmplification(),
                stats.keyspaces().getFirst().debtBytes() / Settings.MIB));
    long count = 0;
    long millis = 0;
    for (GarbageCollectorMXBean bean : ManagementFactory.getGarbageCollectorMXBeans()) {
      count += bean.getCollectionCount();
      millis += bean.getCollectionTime();
    }
    report.line("garbage collections", "%,d, %,d ms together".formatted(count, millis));
  }
}
