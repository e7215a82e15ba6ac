package org.tuffdb.bench.compare;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
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
  private static final List<String> STORES =
      List.of(Peers.TUFFDB, Peers.ROCKSDB, "lmdb", "mvstore");

  @Spec private CommandLine.Model.@Nullable CommandSpec spec;

  @Option(
      names = "--stores",
      split = ",",
      paramLabel = "NAME",
      description = "By default tuffdb,rocksdb,lmdb,mvstore.")
  private List<String> stores = STORES;

  @Option(names = "--workloads", split = ",", paramLabel = "NAME", description = "By default all.")
  private List<String> workloads =
      Workloads.all().stream().map(Workload::name).filter(name -> !name.equals("load")).toList();

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

  @Option(names = "--cold", description = "Measures from the first operation on, not a warm JVM.")
  private boolean cold;

  @Option(names = "--json", paramLabel = "FILE", description = "Writes all results there.")
  private @Nullable Path json;

  @Option(
      names = "--java-option",
      paramLabel = "OPTION",
      description = "For the measured JVMs, for instance to profile them.")
  private List<String> javaOptions = List.of();

  private final Figures figures = new Figures();
  private final Set<Path> loadedNow = new HashSet<>();

  private Compare() {}

  public static void main(String[] args) {
    System.exit(new CommandLine(new Compare()).execute(args));
  }

  @Override
  public Integer call() throws Exception {
    List<Workload> chosen = chosen();
    Files.createDirectories(directory);
    System.out.printf(
        Locale.ROOT,
        "%,d entries, keys 16 bytes, values %d bytes, heap %d MiB, memory %d MiB, %d rounds, Java %s%n",
        entries,
        valueBytes,
        heapMib,
        memoryMib,
        rounds,
        Runtime.version());
    for (int round = 1; round <= rounds; round++) {
      for (Workload workload : chosen) {
        for (String store : stores) {
          measure(round, workload, store);
        }
      }
    }
    System.out.print(new Table(figures).text());
    if (json != null) {
      Files.writeString(
          json,
          figures.all().stream()
              .map(Result::toJson)
              .collect(Collectors.joining(",\n", "[\n", "\n]\n")));
    }
    return 0;
  }

  private List<Workload> chosen() {
    List<Workload> chosen = new ArrayList<>();
    for (String name : workloads) {
      chosen.add(Workloads.named(name).orElseThrow(() -> misuse("no workload " + name)));
    }
    for (String name : stores) {
      if (!Peers.all().containsKey(name)) {
        throw misuse("no store " + name);
      }
    }
    return chosen;
  }

  private ParameterException misuse(String message) {
    if (spec == null) {
      throw new IllegalStateException("picocli has not set the field");
    }
    return new ParameterException(spec.commandLine(), message);
  }

  private void measure(int round, Workload workload, String store)
      throws IOException, InterruptedException {
    Path place = directory.resolve("run");
    Run.deleteAll(place);
    if (workload.start() == Workload.Start.LOADED) {
      Path loaded = loaded(store);
      if (workload.writes()) {
        start(List.of("cp", "-r", "--reflink=auto", loaded.toString(), place.toString()));
      } else {
        place = loaded;
      }
    }
    // What is left from before must neither disturb the run nor count for it.
    start(List.of("sync", "-f", directory.toString()));
    Result result = run(store, workload.name(), settings(place, !cold, seconds));
    figures.add(result);
    System.out.printf(
        Locale.ROOT,
        "round %d  %-13s %-18s %,12.0f ops/s%s%n",
        round,
        workload.name(),
        store,
        result.operationsPerSecond(),
        result.operations() < entries / 2 ? "  cut short" : "");
    Run.deleteAll(directory.resolve("run"));
  }

  private Settings settings(Path place, boolean warm, double secondsMax) {
    return new Settings(
        place, entries, valueBytes, 0, secondsMax, memoryMib << 20, false, warm, seed);
  }

  /// The directory of a store that has all entries, which is made if need be.
  private Path loaded(String store) throws IOException, InterruptedException {
    Path place = directory.resolve("loaded-%s-%d-%d".formatted(store, entries, valueBytes));
    Path done = place.resolveSibling(place.getFileName() + ".done");
    boolean fresh = Files.exists(done) && (reuse || loadedNow.contains(place));
    if (!fresh) {
      Files.deleteIfExists(done);
      Run.deleteAll(place);
      run(store, "load", settings(place, false, 1e9));
      Files.createFile(done);
      loadedNow.add(place);
    }
    return place;
  }

  private Result run(String store, String workload, Settings settings)
      throws IOException, InterruptedException {
    Path result = directory.resolve("result.json");
    Files.deleteIfExists(result);
    List<String> line = new ArrayList<>();
    line.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    line.add("-Xmx%dm".formatted(heapMib));
    line.addAll(Peers.JVM_OPTIONS);
    line.addAll(javaOptions);
    line.addAll(List.of("-cp", System.getProperty("java.class.path"), Child.class.getName()));
    line.addAll(Child.arguments(store, workload, settings, result));
    start(line);
    return Json.read(result);
  }

  private static void start(List<String> line) throws IOException, InterruptedException {
    int exitCode = new ProcessBuilder(line).inheritIO().start().waitFor();
    if (exitCode != 0) {
      throw new IllegalStateException(
          "ended with %d: %s".formatted(exitCode, String.join(" ", line)));
    }
  }
}
