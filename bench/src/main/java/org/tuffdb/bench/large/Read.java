package org.tuffdb.bench.large;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.tuffdb.Compression;
import org.tuffdb.Cursor;
import org.tuffdb.Db;
import org.tuffdb.KeyRange;
import org.tuffdb.Reading;

/// What reading costs where all is in tables that are mapped: the best of several rounds.
final class Read {
  private static final double GET_NANOS_MAX = 1_000;
  private static final double NEXT_NANOS_MAX = 60;

  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

  private final Db db;
  private final int count;
  private final byte[] keys;
  private final byte[] absent;
  private final byte[] key = new byte[Entries.KEY_BYTES];
  private final byte[] value = new byte[Entries.VALUE_BYTES];

  private Read(Db db, Settings settings) {
    this.db = db;
    this.count = Math.toIntExact(settings.entries());
    this.keys = keys(settings.seed(), 0);
    this.absent = keys(settings.seed(), count);
  }

  static List<Command> commands() {
    return List.of(new Command("read", "entries memory rounds seed reading dir keep", Read::run));
  }

  private static void run(Arguments arguments, Report report) throws Exception {
    Settings settings = Settings.of(arguments, 2_000_000, 1 << 30);
    if (settings.reading() == Reading.AUTO) {
      settings =
          new Settings(settings.entries(), settings.memoryBytes(), settings.seed(), Reading.MAPPED);
    }
    long rounds = arguments.number("rounds", 5);
    try (StoreDirectory directory = StoreDirectory.ofNew(arguments)) {
      for (Compression compression : Compression.values()) {
        Path store = directory.path().resolve(compression.toString().toLowerCase(Locale.ROOT));
        report.title(
            "read: %,d entries, %s, last level %s"
                .formatted(settings.entries(), settings.reading(), compression));
        load(settings, store, compression, report);
        EventLog events = new EventLog();
        try (Db db = settings.open(store, compression, events)) {
          new Read(db, settings).measure(rounds, compression == Compression.NONE, report);
        }
        events.print(report);
      }
    }
  }

  private static void load(Settings settings, Path store, Compression compression, Report report) {
    try (Db db = settings.open(store, compression, new EventLog())) {
      Workload workload = new Workload(db, settings.entries(), settings.seed(), report);
      workload.put(0);
      db.flush();
      db.settle();
      workload.get(0);
      workload.scan(0, false);
    }
  }

  /// The keys of numbers from `from` on, one behind the other, in random order.
  private byte[] keys(long seed, long from) {
    Entries entries = new Entries(seed);
    Shuffle order = Shuffle.of(count, 3);
    byte[] all = new byte[count * Entries.KEY_BYTES];
    for (int i = 0; i < count; i++) {
      entries.key(from + order.at(i), key);
      System.arraycopy(key, 0, all, i * Entries.KEY_BYTES, Entries.KEY_BYTES);
    }
    return all;
  }

  /// The nanoseconds of one operation in the best round: on the clock, and of the processor.
  private static final class Best {
    double nanos = Double.POSITIVE_INFINITY;
    double cpuNanos = Double.POSITIVE_INFINITY;

    void add(int count, Runnable round) {
      long begunCpu = THREADS.getCurrentThreadCpuTime();
      long begun = System.nanoTime();
      round.run();
      nanos = Math.min(nanos, (System.nanoTime() - begun) / (double) count);
      cpuNanos =
          Math.min(cpuNanos, (THREADS.getCurrentThreadCpuTime() - begunCpu) / (double) count);
    }

    void print(String what, Report report) {
      report.line(what, "%,.0f ns, %,.0f ns of CPU".formatted(nanos, cpuNanos));
    }
  }

  private void measure(long rounds, boolean judged, Report report) {
    Best get = new Best();
    Best miss = new Best();
    Best next = new Best();
    Best down = new Best();
    Best copies = new Best();
    for (long round = 0; round < rounds; round++) {
      get.add(count, () -> get(keys, Entries.VALUE_BYTES));
      miss.add(count, () -> get(absent, -1));
      next.add(count, () -> scan(KeyRange.all(), false));
      down.add(count, () -> scan(KeyRange.all().reversed(), false));
      copies.add(count, () -> scan(KeyRange.all(), true));
    }
    get.print("get into a buffer", report);
    miss.print("get of a key that is not there", report);
    next.print("next", report);
    down.print("next in a reversed range", report);
    copies.print("next with copies of key and value", report);
    if (judged) {
      report.atMost("get into a buffer, mapped", get.nanos, GET_NANOS_MAX, "ns");
      report.atMost("next, mapped", next.nanos, NEXT_NANOS_MAX, "ns");
    }
  }

  private void get(byte[] wanted, int length) {
    for (int i = 0; i < count; i++) {
      System.arraycopy(wanted, i * Entries.KEY_BYTES, key, 0, Entries.KEY_BYTES);
      int found = db.get(key, value);
      if (found != length) {
        throw new WrongAnswer(key, i, found, value, 0);
      }
    }
  }

  private void scan(KeyRange range, boolean copies) {
    long seen = 0;
    try (Cursor cursor = db.scan(range)) {
      while (cursor.next()) {
        seen += copies ? cursor.key().length + cursor.value().length : 1;
      }
    }
    if (seen != (long) count * (copies ? Entries.KEY_BYTES + Entries.VALUE_BYTES : 1)) {
      throw new WrongAnswer("a scan has missed entries");
    }
  }
}
