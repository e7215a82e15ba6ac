package org.tuffdb.shell;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.tuffdb.Options;
import org.tuffdb.Verification;
import org.tuffdb.workload.Result;
import org.tuffdb.workload.Settings;
import org.tuffdb.workload.Workload;
import org.tuffdb.workload.Workloads;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.TypeConversionException;

/// What `bench` does, and its parameters.
@Command(
    description = {
      "Measure how fast a store is on this machine.",
      "A line for each workload: operations a second; how long one took at the median, at two high"
          + " percentiles, and at most; processor time and garbage on the heap for each; the most"
          + " memory that the process had, without mapped files and with what of them was in its"
          + " view; bytes in files."
    },
    footer = {
      "",
      "Each workload runs in a JVM of its own, with the options in TUFF_JAVA_OPTS and otherwise the"
          + " defaults. The same work is done for two seconds before and not measured, as a server"
          + " is warm. Writes are buffered, but those of fillsync are on the disk. Afterwards it is"
          + " checked that what was written is there; reads are checked as they go.",
      "",
      "The stores are new ones, deleted at the end: no store that is there is touched. The system's"
          + " temporary directory may be in memory, and fillsync then says nothing."
    })
final class Bench {
  private static final long SEED = 1;
  private static final double WARM_SECONDS = 2;
  private static final long KIB = 1 << 10;

  @Parameters(
      arity = "0..*",
      paramLabel = "WORKLOAD",
      description =
          "By default fillseq fillrandom readrandom readseq seekrandom; --list names all.")
  private List<String> names =
      List.of("fillseq", "fillrandom", "readrandom", "readseq", "seekrandom");

  @Option(names = "--list", description = "Print the workloads, and measure nothing.")
  private boolean list;

  @Option(
      names = "--entries",
      paramLabel = "N",
      description = "How many are in the store. By default 1000000.")
  private int entries = 1_000_000;

  @Option(names = "--value-bytes", paramLabel = "N", description = "By default 100.")
  private int valueBytes = 100;

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "By default as many as the workload has.")
  private @Nullable Integer threads;

  @Option(
      names = "--seconds",
      paramLabel = "N",
      description = "A longer run is cut short; its rate is that of what was done. By default 60.")
  private double seconds = 60;

  @Option(
      names = "--memory",
      paramLabel = "BYTES",
      converter = Bytes.class,
      description =
          "What the store may take outside the heap, for instance 512m. By default the store's own"
              + " default.")
  private long memoryBytes = Options.builder().build().memoryBytes();

  @Option(
      names = "--directory",
      paramLabel = "DIR",
      description =
          "Where the stores are made, on the disk to be measured. By default the system's temporary"
              + " directory.")
  private @Nullable Path directory;

  /// Reads `1000`, `64k`, `512m`, `2g`.
  private static final class Bytes implements ITypeConverter<Long> {
    @Override
    public Long convert(String text) {
      String number = text.replaceFirst("[kmgKMG]$", "");
      long unit =
          switch (text.substring(number.length()).toLowerCase(Locale.ROOT)) {
            case "k" -> KIB;
            case "m" -> KIB * KIB;
            case "g" -> KIB * KIB * KIB;
            default -> 1;
          };
      try {
        return Math.multiplyExact(Long.parseLong(number), unit);
      } catch (NumberFormatException | ArithmeticException wrong) {
        throw new TypeConversionException(
            Text.quoted(text) + " is no number of bytes: write for instance 512m");
      }
    }
  }

  /// Measures, prints the figures and returns the exit code.
  int run(Console console, Interruption interruption) throws IOException, InterruptedException {
    if (list) {
      printList(console.out());
      return Tuff.OK;
    }
    List<Workload> chosen = names.stream().map(Bench::named).toList();
    requireSense();
    try (Interruption.Section _ = interruption.begin();
        BenchDirectory place = BenchDirectory.create(directory, interruption)) {
      console.out().line(setting(place));
      console.out().flush();
      return measure(chosen, place, console, interruption);
    }
  }

  private static Workload named(String name) {
    return Workloads.all().stream()
        .filter(workload -> workload.name().equals(name))
        .findFirst()
        .orElseThrow(() ->
            new UsageException(
                "there is no workload " + Text.quoted(name) + ": bench --list names them"));
  }

  private void requireSense() {
    require(entries > 0, "--entries is to be 1 or more");
    require(valueBytes >= 0, "--value-bytes is to be 0 or more");
    require(threads == null || threads > 0, "--threads is to be 1 or more");
    require(seconds > 0, "--seconds is to be more than 0");
    require(
        directory == null || !Verification.isStore(directory),
        "--directory is a store: bench needs a place that is none");
    Options.builder().memory(memoryBytes);
  }

  private static void require(boolean met, String otherwise) {
    if (!met) {
      throw new UsageException(otherwise);
    }
  }

  private String setting(BenchDirectory place) throws IOException {
    return "%s, values of %s, memory %s, in %s (%s)"
        .formatted(
            entries == 1 ? "1 entry" : Figures.count(entries) + " entries",
            Figures.size(valueBytes),
            Figures.size(memoryBytes),
            place.path(),
            Files.getFileStore(place.path()).type());
  }

  private int measure(
      List<Workload> chosen, BenchDirectory place, Console console, Interruption interruption)
      throws IOException, InterruptedException {
    List<Result> results = new ArrayList<>();
    for (Workload workload : chosen) {
      if (console.errColumns() > 0) {
        console.err().println(workload.name() + "…");
      }
      results.add(place.run(workload, settings(place.path())));
      if (interruption.isRequested()) {
        results.removeLast();
        break;
      }
    }
    print(results, console);
    if (interruption.isRequested()) {
      return Tuff.INTERRUPTED;
    }
    return results.stream().anyMatch(Result::isFailed) ? Tuff.STORE_ERROR : Tuff.OK;
  }

  private Settings settings(Path place) {
    return new Settings(
        place,
        entries,
        valueBytes,
        threads == null ? 0 : threads,
        seconds,
        memoryBytes,
        Options.builder().build().lastLevelCompression(),
        false,
        WARM_SECONDS,
        SEED);
  }

  private static void print(List<Result> results, Console console) throws IOException {
    Columns columns =
        new Columns(
            1,
            "workload",
            "ops/s",
            "p50",
            "p99",
            "p99.9",
            "longest",
            "CPU/op",
            "garbage/op",
            "memory",
            "resident",
            "on disk");
    List<String> notes = new ArrayList<>();
    for (Result result : results) {
      if (result.isFailed()) {
        console.problem(result.workload() + ": " + result.failure());
        continue;
      }
      columns.add(cells(result));
      note(result, notes);
    }
    columns.print(console.out());
    for (String note : notes) {
      console.out().line(note);
    }
    console.out().flush(); // the end of an interrupted process waits for no longer than this
  }

  private static String[] cells(Result result) {
    return new String[] {
      result.workload(),
      Figures.count(Math.round(result.operationsPerSecond())),
      Figures.latency(result.p50Nanos()),
      Figures.latency(result.p99Nanos()),
      Figures.latency(result.p999Nanos()),
      Figures.latency(result.longestNanos()),
      Figures.latency(Math.round(result.cpuNanos())),
      Figures.size(Math.round(result.garbageBytes())),
      size(result.anonymousBytesMax()),
      size(result.residentBytesMax()),
      Figures.size(result.diskBytes())
    };
  }

  private static String size(long bytes) {
    return bytes < 0 ? "unknown" : Figures.size(bytes);
  }

  private static void note(Result result, List<String> notes) {
    if (result.operationsTimed() > 1) {
      notes.add(
          "%s: a latency is of %s operations together"
              .formatted(result.workload(), Figures.count(result.operationsTimed())));
    }
    if (result.operations() > 1 && result.operations() < result.entries()) {
      notes.add(
          "%s: cut short after %.1f s and %s operations"
              .formatted(result.workload(), result.seconds(), Figures.count(result.operations())));
    }
  }

  private static void printList(Output out) throws IOException {
    Columns columns = new Columns(4, "workload", "begins with", "entries", "threads");
    for (Workload workload : Workloads.all()) {
      columns.add(
          workload.name(),
          switch (workload.start()) {
            case EMPTY -> "nothing";
            case LOADED -> "all entries";
            case STOPPED -> "an unclean stop";
            case NO_STORE -> "no store";
          },
          workload.data().label(),
          workload.threads() + (workload.virtual() ? " virtual" : ""));
    }
    columns.print(out);
  }
}
