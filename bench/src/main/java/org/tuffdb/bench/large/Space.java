package org.tuffdb.bench.large;

import java.io.IOException;
import java.util.List;
import org.tuffdb.Db;

/// What was overwritten or deleted gives its room back.
final class Space {
  private static final int OVERWRITES = 3;

  private Space() {}

  static List<Command> commands() {
    return List.of(new Command("space", "entries memory wait seed reading dir keep", Space::run));
  }

  private static void run(Arguments arguments, Report report) throws Exception {
    Settings settings = Settings.of(arguments, 5_000_000, 256 << 20);
    double waitSeconds = arguments.decimal("wait", 180);
    EventLog events = new EventLog();
    try (StoreDirectory directory = StoreDirectory.ofNew(arguments)) {
      report.title("space: %,d entries".formatted(settings.entries()));
      try (Db db = settings.open(directory.path(), events)) {
        Workload workload = new Workload(db, settings.entries(), settings.seed(), report);
        workload.put(0);
        settle(db, report);
        double copyBytes = db.stats().tableBytes();
        print("written once, settled", directory, copyBytes, report);
        for (int version = 1; version <= OVERWRITES; version++) {
          workload.put(version);
        }
        settle(db, report);
        print("overwritten three times, settled", directory, copyBytes, report);
        report.atMost("  of one copy", directory.bytes() / copyBytes, 1.15, "times");
        workload.scan(OVERWRITES, false);
        workload.delete();
        awaitSmall(directory, events, copyBytes, waitSeconds, report);
        print("all deleted", directory, copyBytes, report);
        report.atMost("  of one copy", 100 * directory.bytes() / copyBytes, 1, "%");
        workload.requireEmpty();
      }
    }
    events.print(report);
  }

  private static void settle(Db db, Report report) {
    Watch watch = Watch.begin();
    db.settle();
    report.line(
        "  settled in",
        "%.1f s, %.1f s of CPU".formatted(watch.nanos() / 1e9, watch.cpuNanos() / 1e9));
  }

  /// Does nothing but look whenever the store tells of something, until it has made itself small or
  /// does not get on.
  private static void awaitSmall(
      StoreDirectory directory,
      EventLog events,
      double copyBytes,
      double waitSeconds,
      Report report)
      throws IOException, InterruptedException {
    Watch watch = Watch.begin();
    long deadlineNanos = System.nanoTime() + (long) (waitSeconds * 1e9);
    for (long told = events.told();
        directory.bytes() > 0.01 * copyBytes && System.nanoTime() < deadlineNanos;
        told = events.told()) {
      events.awaitMoreThan(told, deadlineNanos);
    }
    report.line("  waited, asking for nothing", "%.1f s".formatted(watch.nanos() / 1e9));
  }

  private static void print(String when, StoreDirectory directory, double copyBytes, Report report)
      throws IOException {
    report.line(
        when,
        "%,.1f MiB in all, one copy in tables %,.1f MiB; bytes %s"
            .formatted(
                directory.bytes() / Settings.MIB,
                copyBytes / Settings.MIB,
                directory.bytesByKind()));
  }
}
