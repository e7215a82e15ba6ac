package org.tuffdb.bench.compare;

import static org.tuffdb.bench.compare.Cells.head;
import static org.tuffdb.bench.compare.Cells.number;
import static org.tuffdb.bench.compare.Cells.row;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.ToDoubleFunction;
import java.util.function.UnaryOperator;
import org.tuffdb.workload.Result;

/// The medians of a comparison as tables in Markdown: speeds side by side, what was asked for and
/// what was found, and then each of the other figures.
final class Markdown {
  private static final Map<String, String> MACHINE_TITLES =
      Map.of(
          "fdatasync", "132 bytes into a preallocated file, and fdatasync",
          "pagecacheread", "read of 4 KiB from the page cache, by a system call",
          "memorycopy", "copy of 1 MiB from memory to memory");
  private static final double MICROS = 1e3;
  private static final double MILLIS = 1e6;
  private static final double MIB = 1 << 20;

  private final Report report;
  private final Figures figures;
  private final List<String> stores;
  private final List<String> workloads;

  Markdown(Report report) {
    this.report = report;
    this.figures = report.figures();
    this.workloads =
        figures.workloads().stream().filter(name -> !machine().contains(name)).toList();
    this.stores =
        workloads.stream().flatMap(name -> figures.attempted(name).stream()).distinct().toList();
  }

  String text() {
    List<String> writing = workloads.stream().filter(Figures::writes).toList();
    return String.join(
        "\n",
        "```\n" + report.setup().text(workloads.contains(Figures.LARGE)) + "```\n",
        "### Operations a second\n",
        speeds(),
        ranges(),
        "### What was asked for\n",
        limits(),
        machineLimits(),
        latencies("Median latency, µs", Result::p50Nanos),
        latencies("99th percentile of latency, µs", Result::p99Nanos),
        latencies("99.9th percentile of latency, µs", Result::p999Nanos),
        figure(
            "Longest operation, ms",
            workloads,
            workload -> workload + together(workload, ""),
            (w, s) -> value(w, s, Result::longestNanos, MILLIS)),
        figure("Work left after the last operation, s", writing, figures::settleSeconds),
        figure("Operations a second, that work included", writing, figures::sustainedRate),
        figure("CPU for an operation, µs", (w, s) -> value(w, s, Result::cpuNanos, MICROS)),
        figure(
            "The same with what was left to do in the background, µs",
            (w, s) -> value(w, s, Result::settledCpuNanos, MICROS)),
        figure("Garbage of an operation, bytes", (w, s) -> value(w, s, Result::garbageBytes, 1)),
        figure("Peak anonymous memory, MiB", (w, s) -> value(w, s, Result::anonymousBytesMax, MIB)),
        figure(
            "Peak resident memory, pages of mapped files included, MiB",
            (w, s) -> value(w, s, Result::residentBytesMax, MIB)),
        figure("On the disk, MiB", (w, s) -> value(w, s, Result::diskBytes, MIB)),
        figure(
            "Bytes written for each byte put",
            (w, s) -> value(w, s, Result::writeAmplification, 1)),
        "Of a delete the key counts as put. Synced writes have no figure: Linux counts the whole"
            + " folios that each touches, up to a MiB, and not what goes to the disk.\n",
        failures());
  }

  private List<String> machine() {
    return figures.workloads().stream()
        .filter(name -> figures.attempted(name).contains(Peers.MACHINE))
        .toList();
  }

  private double value(
      String workload, String store, ToDoubleFunction<Result> figure, double unit) {
    return figures.median(workload, store, figure) / unit;
  }

  /// Of operations that are timed together, a latency is divided by how many they are.
  private String latencies(String title, ToDoubleFunction<Result> nanos) {
    return figure(
        title,
        workloads,
        workload -> workload + together(workload, ", divided"),
        (w, s) -> value(w, s, nanos, MICROS * figures.operationsTimed(w)));
  }

  private String together(String workload, String more) {
    int count = figures.operationsTimed(workload);
    return count == 1 ? "" : String.format(Locale.ROOT, " (%,d together%s)", count, more);
  }

  /// Between which speeds the medians are.
  private String ranges() {
    List<String> titles = new ArrayList<>(List.of(""));
    titles.addAll(stores);
    StringBuilder text = new StringBuilder("### Lowest and highest of the rounds\n\n");
    text.append(head(titles));
    for (String workload : workloads) {
      List<String> cells = new ArrayList<>(List.of(workload));
      stores.forEach(store -> cells.add(range(figures.rates(workload, store))));
      text.append(row(cells));
    }
    return text.toString();
  }

  private static String range(double[] lowestAndHighest) {
    return lowestAndHighest.length == 0
        ? Cells.UNKNOWN
        : number(lowestAndHighest[0]) + " to " + number(lowestAndHighest[1]);
  }

  private String speeds() {
    List<String> titles = new ArrayList<>(List.of(""));
    titles.addAll(stores);
    titles.addAll(List.of("× RocksDB", "× best other"));
    StringBuilder text = new StringBuilder(head(titles));
    for (String workload : workloads) {
      if (workload.equals(Figures.REOPEN)) {
        text.append(openings());
        continue;
      }
      List<String> cells = new ArrayList<>(List.of(workload));
      stores.forEach(
          store -> cells.add(number(figures.rate(workload, store)) + survivors(workload, store)));
      cells.add(ratio(workload, Peers.ROCKSDB));
      Optional<String> best = figures.bestOther(workload);
      cells.add(best.map(store -> ratio(workload, store) + " " + store).orElse("–"));
      text.append(row(cells));
    }
    return text.toString();
  }

  /// How many rounds the median is of, where that is not all of them.
  private String survivors(String workload, String store) {
    int runs = figures.runs(workload, store);
    int failed = figures.failed(workload, store);
    return failed == 0 ? "" : " (%d/%d rounds)".formatted(runs - failed, runs);
  }

  private String machineLimits() {
    if (machine().isEmpty()) {
      return "";
    }
    StringBuilder text = new StringBuilder("### The machine itself\n\n");
    text.append(head(List.of("", "a second", "median, µs")));
    for (String workload : machine()) {
      double nanos = figures.median(workload, Peers.MACHINE, Result::p50Nanos);
      text.append(
          row(
              List.of(
                  MACHINE_TITLES.getOrDefault(workload, workload),
                  number(figures.rate(workload, Peers.MACHINE)),
                  number(nanos / MICROS))));
    }
    return text.toString();
  }

  private String ratio(String workload, String store) {
    double ratio = figures.rate(workload, Peers.TUFFDB) / figures.rate(workload, store);
    return Double.isNaN(ratio) ? "–" : String.format(Locale.ROOT, "%.2f", ratio);
  }

  private String limits() {
    StringBuilder text = new StringBuilder(head(List.of("", "what", "found", "asked for", "")));
    for (String workload : workloads) {
      for (Limits.Finding finding : report.limits().of(workload)) {
        if (!finding.limit().isEmpty()) {
          text.append(
              row(
                  List.of(
                      workload,
                      finding.what(),
                      finding.found(),
                      finding.limit(),
                      emphasized(finding.verdict()))));
        }
      }
    }
    return text.toString();
  }

  private static String emphasized(Limits.Verdict verdict) {
    return verdict == Limits.Verdict.MET
        ? verdict.text()
        : "**" + verdict.text().toLowerCase(Locale.ROOT) + "**";
  }

  private String figure(String title, BiFunction<String, String, Double> figure) {
    return figure(title, workloads, figure);
  }

  private String figure(
      String title, List<String> rows, BiFunction<String, String, Double> figure) {
    return figure(title, rows, UnaryOperator.identity(), figure);
  }

  /// A table with a row for each workload and a column for each store; none if it had no rows.
  private String figure(
      String title,
      List<String> rows,
      UnaryOperator<String> label,
      BiFunction<String, String, Double> figure) {
    if (rows.isEmpty()) {
      return "";
    }
    List<String> titles = new ArrayList<>(List.of(""));
    titles.addAll(stores);
    StringBuilder text = new StringBuilder("### " + title + "\n\n" + head(titles));
    for (String workload : rows) {
      List<String> cells = new ArrayList<>(List.of(label.apply(workload)));
      stores.forEach(store -> cells.add(number(figure.apply(workload, store))));
      text.append(row(cells));
    }
    return text.toString();
  }

  private String openings() {
    List<String> cells = new ArrayList<>(List.of(Figures.REOPEN + ", ms"));
    stores.forEach(store ->
        cells.add(number(figures.openingMillis(store)) + survivors(Figures.REOPEN, store)));
    cells.add(ratio(Figures.REOPEN, Peers.ROCKSDB));
    Optional<String> best = figures.bestOther(Figures.REOPEN);
    cells.add(best.map(store -> ratio(Figures.REOPEN, store) + " " + store).orElse("–"));
    return row(cells);
  }

  /// Each failure once, however many rounds it came up in.
  private String failures() {
    List<String> lines =
        workloads.stream()
            .flatMap(workload -> figures.failures(workload).stream())
            .map(run -> "- %s on %s: %s\n".formatted(run.workload(), run.store(), run.failure()))
            .distinct()
            .toList();
    return lines.isEmpty() ? "" : "### Failed\n\n" + String.join("", lines);
  }
}
