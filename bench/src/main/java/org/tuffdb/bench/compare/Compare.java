package org.tuffdb.bench.compare;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.tuffdb.Compression;
import org.tuffdb.workload.Data;
import org.tuffdb.workload.Result;
import org.tuffdb.workload.Run;
import org.tuffdb.workload.Settings;
import org.tuffdb.workload.Workload;
import org.tuffdb.workload.Workloads;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// Runs workloads on stores, each run in a JVM of its own, the stores by turns, and prints the
/// medians side by side. What reads finds a store that was loaded before, once for all its runs.
@Command(
    name = "bench/compare",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = "Compares TuffDB with other stores, on the same work in the same run.",
    footer = {
      "",
      "Keys are 16 decimal digits; half of each value can be compressed. Random orders have each"
          + " key once. All stores have the same heap, and are warm before they are measured."
    })
final class Compare implements Callable<Integer> {
  private static final String LIMITS = "limits";

  /// A third of it must do for a JVM.
  private static final long LARGE_MIB_MIN = 128;

  private static final List<String> STORES =
      List.of(Peers.TUFFDB, Peers.ROCKSDB, Peers.ROCKSDB_RECYCLE, Peers.LMDB, "mvstore");

  @Spec private CommandLine.Model.@Nullable CommandSpec spec;

  @Option(
      names = "--stores",
      split = ",",
      paramLabel = "NAME",
      description =
          "By default tuffdb,rocksdb,rocksdb-recycle,lmdb,mvstore; there are rocksdb-compacted,"
              + " rocksdb-mmap, lmdb-writemap, leveldb, xodus and mapdb too.")
  private List<String> stores = STORES;

  @Option(
      names = "--workloads",
      split = ",",
      paramLabel = "NAME",
      description = "By default all; limits stands for those of the machine itself.")
  private List<String> workloads = Workloads.all().stream().map(Workload::name).toList();

  @Option(names = "--entries", description = "By default ${DEFAULT-VALUE}.")
  private int entries = 2_000_000;

  @Option(names = "--value-bytes", description = "By default ${DEFAULT-VALUE}.")
  private int valueBytes = 100;

  @Option(names = "--rounds", description = "By default ${DEFAULT-VALUE}.")
  private int rounds = 5;

  @Option(
      names = "--seconds",
      description = "A longer run is cut short; its rate is that of what was done. By default 120.")
  private double seconds = 120;

  @Option(
      names = "--memory-mib",
      description = "What a store may take for itself beside the heap. By default 1024.")
  private long memoryMib = 1024;

  @Option(names = "--heap-mib", description = "The heap of each JVM. By default 2048.")
  private int heapMib = 2048;

  @Option(names = "--seed", description = "By default ${DEFAULT-VALUE}.")
  private long seed = 1;

  @Option(
      names = "--directory",
      description =
          "Where the stores are, on the disk to be measured. By default bench/target/compare.")
  private Path directory = Path.of("bench", "target", "compare");

  @Option(
      names = "--reuse",
      description =
          "Reads the stores that an earlier call has loaded, instead of loading them anew.")
  private boolean reuse;

  @Option(
      names = "--warm-seconds",
      paramLabel = "SECONDS",
      description =
          "The same work is done for so long beforehand, and not measured; 0 for a cold JVM. By"
              + " default ${DEFAULT-VALUE}.")
  private double warmSeconds = 5;

  @Option(
      names = "--time-limit",
      paramLabel = "SECONDS",
      description = "A process that takes longer has failed. By default ${DEFAULT-VALUE}.")
  private int timeLimitSeconds = 900;

  @Option(
      names = "--large-mib",
      description =
          "What readrandom-large has in all, cached files included. By default ${DEFAULT-VALUE}.")
  private long largeMib = 512;

  @Option(
      names = "--compression",
      description =
          "Of TuffDB's and RocksDB's last level: none or lz4. By default none, as the other stores"
              + " do not compress.")
  private Compression compression = Compression.NONE;

  @Option(
      names = "--json",
      paramLabel = "FILE",
      description = "Writes all results there, run by run.")
  private @Nullable Path json;

  @Option(names = "--svg", paramLabel = "FILE", description = "Draws the speeds there.")
  private @Nullable Path svg;

  @Option(
      names = "--render",
      paramLabel = "FILE",
      description = "Measures nothing, but prints what --json has written, as Markdown.")
  private @Nullable Path render;

  @Option(
      names = "--java-option",
      paramLabel = "OPTION",
      description = "For the measured JVMs, for instance to profile them.")
  private List<String> javaOptions = List.of();

  Compare() {}

  public static void main(String[] args) {
    Locale.setDefault(Locale.ROOT);
    System.exit(
        new CommandLine(new Compare()).setCaseInsensitiveEnumValuesAllowed(true).execute(args));
  }

  @Override
  public Integer call() throws Exception {
    requireSense();
    Report report = render == null ? compare() : Report.of(Files.readString(render));
    System.out.print(render == null ? new Table(report).text() : new Markdown(report).text());
    keep(report);
    if (svg != null) {
      Files.writeString(svg, new Chart(report.figures()).svg());
    }
    return render == null && report.figures().all().stream().anyMatch(Result::isFailed) ? 1 : 0;
  }

  private Report compare() throws IOException, InterruptedException {
    List<Workload> chosen = chosen();
    Files.createDirectories(directory);
    Report report = new Report(setup(), new Figures());
    System.out.print(
        report.setup().text(chosen.stream().anyMatch(one -> one.data() == Data.LARGE)));
    Launch launch =
        new Launch(directory, heapMib, timeLimitSeconds, javaOptions, !javaOptions.isEmpty());
    Prepared prepared = new Prepared(directory, launch, reuse);
    for (int round = 1; round <= rounds; round++) {
      for (Workload workload : chosen) {
        for (String store : turned(Peers.suiting(workload, stores), round)) {
          Result result = measure(workload, store, launch, prepared);
          report.figures().add(result);
          keep(report);
          System.out.printf(
              Locale.ROOT,
              "round %d  %-17s %-18s %s%n",
              round,
              workload.name(),
              store,
              brief(result));
        }
      }
    }
    return report;
  }

  /// Another one comes first in each round: the machine changes, and each run meets what the one
  /// before it has left.
  private static List<String> turned(List<String> stores, int round) {
    List<String> turned = new ArrayList<>(stores);
    Collections.rotate(turned, 1 - round);
    return turned;
  }

  /// After each run, so that a comparison that is ended early has not been for nothing.
  private void keep(Report report) throws IOException {
    if (json != null) {
      Path whole = json.resolveSibling(json.getFileName() + ".new");
      Files.writeString(whole, report.json());
      Files.move(whole, json, StandardCopyOption.REPLACE_EXISTING);
    }
  }

  private static String brief(Result result) {
    if (result.isFailed()) {
      return "failed: " + result.failure();
    }
    return result.workload().equals(Figures.REOPEN)
        ? String.format(Locale.ROOT, "%,12.0f ms", result.seconds() * 1e3)
        : String.format(
            Locale.ROOT, "%,12.0f ops/s in %.1f s", result.operationsPerSecond(), result.seconds());
  }

  private List<Workload> chosen() {
    List<Workload> chosen = new ArrayList<>();
    for (String name : workloads) {
      if (name.equals(LIMITS)) {
        chosen.addAll(machineLimits());
      } else {
        chosen.add(named(name));
      }
    }
    for (String name : stores) {
      if (!Peers.all().containsKey(name)) {
        throw misuse("no store " + name);
      }
    }
    return chosen;
  }

  /// None of those that only prepare a store for others.
  private Workload named(String name) {
    return Workloads.all().stream()
        .filter(workload -> workload.name().equals(name))
        .findFirst()
        .orElseThrow(() -> misuse("no workload " + name));
  }

  private static List<Workload> machineLimits() {
    return Workloads.all().stream()
        .filter(workload -> workload.start() == Workload.Start.NO_STORE)
        .toList();
  }

  /// Before anything is measured: the last of these files is written after hours.
  private void requireSense() {
    require(render == null || Files.isReadable(render), "no file " + render);
    requirePlaceFor("--json", json);
    requirePlaceFor("--svg", svg);
    require(entries > 0, "--entries is to be 1 or more");
    require(valueBytes >= 0, "--value-bytes is to be 0 or more");
    require(rounds > 0, "--rounds is to be 1 or more");
    require(seconds > 0, "--seconds is to be more than 0");
    require(memoryMib > 0, "--memory-mib is to be 1 or more");
    require(heapMib > 0, "--heap-mib is to be 1 or more");
    require(warmSeconds >= 0, "--warm-seconds is to be 0 or more");
    require(timeLimitSeconds > 0, "--time-limit is to be 1 or more");
    require(largeMib >= LARGE_MIB_MIN, "--large-mib is to be %d or more".formatted(LARGE_MIB_MIN));
  }

  private void requirePlaceFor(String option, @Nullable Path file) {
    if (file != null) {
      Path parent = file.toAbsolutePath().getParent();
      require(
          parent != null && Files.isWritable(parent) && !Files.isDirectory(file),
          "%s cannot be written: %s".formatted(option, file));
    }
  }

  /// NaN is as wrong as a number that is too small, so what must hold is said, and not what must
  /// not.
  private void require(boolean met, String otherwise) {
    if (!met) {
      throw misuse(otherwise);
    }
  }

  private ParameterException misuse(String message) {
    if (spec == null) {
      throw new IllegalStateException("picocli has not set the field");
    }
    return new ParameterException(spec.commandLine(), message);
  }

  private Setup setup() throws InterruptedException {
    return new Setup(
        LocalDate.now(ZoneOffset.UTC).toString(),
        Machine.describe(),
        Runtime.version().toString(),
        entries,
        valueBytes,
        rounds,
        seconds,
        heapMib,
        memoryMib,
        largeMib,
        compression,
        warmSeconds,
        Machine.commit(),
        seed);
  }

  private Result measure(Workload workload, String store, Launch launch, Prepared prepared)
      throws IOException, InterruptedException {
    try {
      Path place = prepared.place(workload, store, settings(directory));
      // What is left from before must neither disturb the run nor count for it.
      Launch.program("sync", "-f", directory.toString());
      return workload.data() == Data.LARGE
          ? new ShortOfMemory(largeMib).run(store, workload.name(), launch, settings(place))
          : launch.run(store, workload.name(), settings(place), null);
    } catch (ChildFailure failure) {
      return Result.failed(store, workload.name(), failure.text());
    } finally {
      Run.deleteAll(directory.resolve("run"));
      Run.deleteAll(directory.resolve("run-warm"));
    }
  }

  private Settings settings(Path place) {
    return new Settings(
        place,
        entries,
        valueBytes,
        0,
        seconds,
        memoryMib << 20,
        compression,
        false,
        warmSeconds,
        seed);
  }
}
