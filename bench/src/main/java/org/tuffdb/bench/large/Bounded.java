package org.tuffdb.bench.large;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.tuffdb.Db;
import org.tuffdb.Stats;
import org.tuffdb.bench.MemoryCgroup;

/// Memory stays within its budget, however much there is on the disk; what is read is right.
final class Bounded {
  private static final String MEASURED = "bounded-measured";

  private Bounded() {}

  static List<Command> commands() {
    String options = "entries memory heap limit cgroup cgroup-bytes seed reading dir keep";
    return List.of(
        new Command("bounded", options, Bounded::run),
        new Command(MEASURED, options, Bounded::measured));
  }

  /// Has the measured process run, which has little memory.
  private static void run(Arguments arguments, Report report) throws Exception {
    long heapBytes = arguments.number("heap", 256 << 20);
    boolean cgroup = arguments.flag("cgroup");
    long cgroupBytes = arguments.number("cgroup-bytes", 768 << 20);
    Settings settings = settings(arguments);
    if (!ResidentMemory.isKnown()) {
      report.skipped("only Linux says how much memory is anonymous");
      return;
    }
    try (StoreDirectory directory = StoreDirectory.ofNew(arguments)) {
      report.title(
          "bounded: %,d entries, budget %,.0f MiB, heap %,.0f MiB"
              .formatted(
                  settings.entries(),
                  settings.memoryBytes() / Settings.MIB,
                  heapBytes / Settings.MIB));
      ProcessBuilder child =
          Jvm.with(heapBytes, MEASURED, arguments.with("--dir", directory.path().toString()));
      if (cgroup) {
        enclosed(child, cgroupBytes, report);
      } else {
        Jvm.run(child, report);
      }
    }
  }

  private static void enclosed(ProcessBuilder child, long cgroupBytes, Report report)
      throws IOException, InterruptedException {
    MemoryCgroup created;
    try {
      created = MemoryCgroup.create(cgroupBytes);
    } catch (IOException refused) {
      report.skipped("this machine allows no memory cgroup: " + refused);
      return;
    }
    try (MemoryCgroup group = created) {
      group.enclose(child);
      Jvm.run(child, report);
      // The files that the kernel keeps at hand take all that the group allows.
      report.line(
          "the cgroup's peak, cached files included",
          "%,.1f of %,.1f MiB"
              .formatted(group.bytesMax() / Settings.MIB, cgroupBytes / Settings.MIB));
      report.atMost("processes that the kernel has ended", (double) group.killed(), 0, "");
    }
  }

  private static Settings settings(Arguments arguments) {
    return Settings.of(arguments, 20_000_000, 256 << 20);
  }

  private static void measured(Arguments arguments, Report report) {
    ResidentMemory memory = ResidentMemory.watch();
    Settings settings = settings(arguments);
    EventLog events = new EventLog();
    Path directory = Path.of(arguments.text("dir", "."));
    report.line(
        "what the JVM knows",
        "heap %,.0f MiB, machine or container %,.0f MiB"
            .formatted(
                Runtime.getRuntime().maxMemory() / Settings.MIB,
                Watch.machineBytes() / Settings.MIB));
    try (Db db = settings.open(directory, events)) {
      Workload workload = new Workload(db, settings.entries(), settings.seed(), report);
      workload.put(0);
      print("after the puts", db, memory, report);
      workload.get(0);
      print("after the gets", db, memory, report);
      workload.scan(0, false);
      workload.scan(0, true);
      print("after the scans", db, memory, report);
    }
    events.print(report);
    report.atMost(
        "peak anonymous resident memory",
        memory.anonymousBytesMax() / Settings.MIB,
        arguments.number("limit", 640 << 20) / Settings.MIB,
        "MiB");
    report.line(
        "peak mapped file pages", "%,.0f MiB".formatted(memory.fileBytesMax() / Settings.MIB));
  }

  private static void print(String when, Db db, ResidentMemory memory, Report report) {
    Stats stats = db.stats();
    Stats.Memory parts = stats.memory();
    report.line(
        "  " + when + ", MiB",
        "peak anonymous %,.0f; memtables %,.0f, cache %,.0f, filters and fences %,.0f, mapped %,.0f"
            .formatted(
                memory.anonymousBytesMax() / Settings.MIB,
                parts.memtableBytes() / Settings.MIB,
                parts.cacheBytes() / Settings.MIB,
                parts.tableBytes() / Settings.MIB,
                parts.mappedBytes() / Settings.MIB));
    if (parts.usedBytes() > parts.maxBytes()) {
      report.fail(
          "  beyond the budget", "%,d of %,d bytes".formatted(parts.usedBytes(), parts.maxBytes()));
    }
    report.line(
        "  tables",
        "%,.0f MiB, write amplification %.1f, delayed %.1f s, stalled %.1f s"
            .formatted(
                stats.tableBytes() / Settings.MIB,
                stats.work().writeAmplification(),
                stats.work().delayedNanos() / 1e9,
                stats.work().stalledNanos() / 1e9));
  }
}
