package org.tuffdb.bench.large;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.tuffdb.Db;
import org.tuffdb.Durability;
import org.tuffdb.event.Event;
import org.tuffdb.fs.FaultyFileSystem;
import org.tuffdb.fs.FileSystem;

/// How long it takes until the first get is answered, after a kill and after a clean close, each in
/// a JVM that has done nothing else.
final class Reopen {
  private static final String WRITING = "reopen-writing";
  private static final String KILLED = "reopen-killed";
  private static final String CLEAN = "reopen-clean";
  private static final String LOADED = "writing on";

  private static final double NANOS_PER_MILLI = 1e6;
  private static final double BEYOND_REPLAY_MILLIS_MAX = 500;
  private static final double CLEAN_MILLIS_MAX = 250;
  private static final int CHECKED = 100_000;

  private Reopen() {}

  static List<Command> commands() {
    String options = "entries memory heap write-seconds rounds seed reading dir keep";
    return List.of(
        new Command("reopen", options, Reopen::run),
        new Command(WRITING, options, Reopen::write),
        new Command(KILLED, options, Reopen::openKilled),
        new Command(CLEAN, options, Reopen::openClean));
  }

  private static void run(Arguments arguments, Report report) throws Exception {
    long heapBytes = arguments.number("heap", 256 << 20);
    double writeSeconds = arguments.decimal("write-seconds", 5);
    long rounds = arguments.number("rounds", 1);
    try (StoreDirectory directory = StoreDirectory.of(arguments)) {
      report.title("reopen: %,d entries".formatted(settings(arguments).entries()));
      List<String> options = arguments.with("--dir", directory.path().toString());
      for (long round = 0; round < rounds; round++) {
        killWhileWriting(Jvm.with(heapBytes, WRITING, options), writeSeconds, report);
        Jvm.run(Jvm.with(heapBytes, KILLED, options), report);
        Jvm.run(Jvm.with(heapBytes, CLEAN, options), report);
      }
    }
  }

  private static Settings settings(Arguments arguments) {
    return Settings.of(arguments, 20_000_000, 256 << 20);
  }

  private static Path directory(Arguments arguments) {
    return Path.of(arguments.text("dir", "."));
  }

  private static void killWhileWriting(ProcessBuilder builder, double writeSeconds, Report report)
      throws IOException, InterruptedException {
    Process child = builder.redirectOutput(ProcessBuilder.Redirect.PIPE).start();
    try (BufferedReader lines = child.inputReader(StandardCharsets.UTF_8)) {
      String line = lines.readLine();
      while (line != null && !line.startsWith(LOADED)) {
        System.out.println(line);
        line = lines.readLine();
      }
      if (line == null) {
        report.fail("the writing process ended by itself with", Integer.toString(child.waitFor()));
        return;
      }
      if (child.waitFor((long) (1000 * writeSeconds), TimeUnit.MILLISECONDS)) {
        report.fail(
            "the writing process ended by itself with", Integer.toString(child.exitValue()));
      }
    } finally {
      child.destroyForcibly().waitFor();
    }
    report.line("killed with kill -9", "%.1f s into further writes".formatted(writeSeconds));
  }

  /// Loads a store, if there is none, and goes on writing until it is killed.
  private static void write(Arguments arguments, Report report) throws IOException {
    Settings settings = settings(arguments);
    boolean loaded = StoreDirectory.of(arguments).holdsStore();
    try (Db db = settings.open(directory(arguments), new EventLog())) {
      if (!loaded) {
        new Workload(db, settings.entries(), settings.seed(), report).put(0);
      }
      System.out.println(LOADED);
      System.out.flush();
      Entries entries = new Entries(settings.seed());
      byte[] key = new byte[Entries.KEY_BYTES];
      byte[] value = new byte[Entries.VALUE_BYTES];
      for (long number = settings.entries(); ; number++) {
        entries.key(number, key);
        entries.value(key, 0, value);
        db.put(key, value, Durability.BUFFERED);
      }
    }
  }

  private static void openKilled(Arguments arguments, Report report) {
    Settings settings = settings(arguments);
    OpeningTimes times = new OpeningTimes();
    FaultyFileSystem files = new FaultyFileSystem(FileSystem.disk());
    files.listen(times);
    Event.Opened[] opened = new Event.Opened[1];
    EventLog events = new EventLog();
    Watch watch = Watch.begin();
    times.begin(watch.beganNanos());
    try (Db db =
        Db.builder(directory(arguments))
            .options(settings.options().build())
            .fileSystem(files)
            .listener(event -> {
              if (event instanceof Event.Opened now) {
                opened[0] = now;
              }
              events.on(event);
            })
            .open()) {
      long openedAt = System.nanoTime();
      getFirst(db, settings);
      long answered = System.nanoTime();
      double cpu = watch.cpuNanos() / NANOS_PER_MILLI;
      times.end(openedAt);
      files.listen(null);
      double replay = times.millis(OpeningTimes.Part.LOG);
      double all = (answered - watch.beganNanos()) / NANOS_PER_MILLI;
      report.line(
          "after the kill: from open to the first get",
          "%.1f ms, %.1f ms of CPU".formatted(all, cpu));
      report.line("  the log was read and replayed in", "%.1f ms".formatted(replay));
      report.line(
          "  its entries were put into tables in",
          "%.1f ms".formatted(times.millis(OpeningTimes.Part.TABLES_WRITTEN)));
      report.line(
          "  tables were opened in",
          "%.1f ms".formatted(times.millis(OpeningTimes.Part.TABLES_READ)));
      report.line(
          "  the rest of opening", "%.1f ms".formatted(times.millis(OpeningTimes.Part.REST)));
      report.line("  the get", "%.1f ms".formatted((answered - openedAt) / NANOS_PER_MILLI));
      print(opened[0], report);
      report.atMost("beyond replaying the log", all - replay, BEYOND_REPLAY_MILLIS_MAX, "ms");
      check(db, settings, report);
    }
    events.print(report);
  }

  private static void openClean(Arguments arguments, Report report) {
    Settings settings = settings(arguments);
    Event.Opened[] opened = new Event.Opened[1];
    Watch watch = Watch.begin();
    try (Db db =
        settings.open(
            directory(arguments),
            event -> {
              if (event instanceof Event.Opened now) {
                opened[0] = now;
              }
            })) {
      long openedAt = System.nanoTime();
      getFirst(db, settings);
      long answered = System.nanoTime();
      double cpu = watch.cpuNanos() / NANOS_PER_MILLI;
      report.atMost(
          "after a clean close: to the first get",
          (answered - watch.beganNanos()) / NANOS_PER_MILLI,
          CLEAN_MILLIS_MAX,
          "ms");
      report.line("  CPU", "%.1f ms".formatted(cpu));
      report.line("  the get", "%.1f ms".formatted((answered - openedAt) / NANOS_PER_MILLI));
      print(opened[0], report);
      check(db, settings, report);
    }
  }

  private static void getFirst(Db db, Settings settings) {
    check(new Entries(settings.seed()), db, 0);
  }

  private static void check(Entries entries, Db db, long number) {
    byte[] key = new byte[Entries.KEY_BYTES];
    byte[] value = new byte[Entries.VALUE_BYTES];
    entries.key(number, key);
    entries.check(key, 0, value, db.get(key, value));
  }

  /// Of what was loaded, nothing may be missing.
  private static void check(Db db, Settings settings, Report report) {
    Entries entries = new Entries(settings.seed());
    Shuffle order = Shuffle.of(settings.entries(), System.nanoTime());
    long count = Math.min(CHECKED, settings.entries());
    Watch watch = Watch.begin();
    for (long i = 0; i < count; i++) {
      check(entries, db, order.at(i));
    }
    report.rate("  some gets, all right", count, watch);
  }

  private static void print(Event.Opened opened, Report report) {
    report.line(
        "  the event says",
        "%.1f ms, %,d entries replayed, %,.1f MiB into tables"
            .formatted(
                opened.nanos() / NANOS_PER_MILLI,
                opened.entries(),
                opened.flushedBytes() / Settings.MIB));
  }
}
