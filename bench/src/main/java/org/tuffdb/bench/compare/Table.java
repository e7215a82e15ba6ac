package org.tuffdb.bench.compare;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.tuffdb.workload.Result;

/// Prints the medians of a comparison: for each workload a line for each store, and how TuffDB
/// compares.
final class Table {
  private static final String HEAD =
      "%-19s %12s %9s %9s %9s %9s %8s %8s %9s %8s %8s %6s"
          .formatted(
              "",
              "ops/s",
              "p50 µs",
              "p99 µs",
              "p99.9 µs",
              "max ms",
              "CPU µs",
              "+settle",
              "garbage B",
              "anon MiB",
              "disk MiB",
              "writes");

  private static final double MICROS = 1e3;
  private static final double MILLIS = 1e6;
  private static final double MIB = 1 << 20;

  private final Figures figures;

  Table(Figures figures) {
    this.figures = figures;
  }

  String text() {
    StringBuilder text = new StringBuilder();
    for (String workload : figures.workloads()) {
      text.append('\n').append(workload).append(HEAD.substring(workload.length())).append('\n');
      for (String store : figures.stores(workload)) {
        text.append(line(workload, store)).append('\n');
      }
      text.append(judgement(workload));
    }
    return text.toString();
  }

  private String line(String workload, String store) {
    double together = figures.median(workload, store, Result::operationsTimed);
    return "  %-17s %,12.0f %9.2f %9.2f %9.2f %9.2f %8.2f %8.2f %9.1f %8.0f %8.0f %6.1f"
        .formatted(
            store,
            figures.rate(workload, store),
            figures.median(workload, store, Result::p50Nanos) / MICROS / together,
            figures.median(workload, store, Result::p99Nanos) / MICROS / together,
            figures.median(workload, store, Result::p999Nanos) / MICROS / together,
            figures.median(workload, store, Result::longestNanos) / MILLIS,
            figures.median(workload, store, Result::cpuNanos) / MICROS,
            figures.median(workload, store, Result::settledCpuNanos) / MICROS,
            figures.median(workload, store, Result::garbageBytes),
            figures.median(workload, store, Result::anonymousBytesMax) / MIB,
            figures.median(workload, store, Result::diskBytes) / MIB,
            figures.median(workload, store, Result::writeAmplification));
  }

  private String judgement(String workload) {
    List<String> stores = figures.stores(workload);
    if (!stores.contains(Peers.TUFFDB)) {
      return "";
    }
    Limits.@Nullable Limit limit = Limits.of(workload);
    StringBuilder text = new StringBuilder();
    for (String store : stores) {
      if (store.startsWith(Peers.ROCKSDB)) {
        text.append(ratio(workload, store, "", limit == null ? 0 : limit.rocksdb()));
      }
    }
    for (String best : figures.bestOther(workload)) {
      text.append(ratio(workload, best, ", best other", limit == null ? 0 : limit.best()));
    }
    return text.toString();
  }

  /// @param limit the least it should be, 0 if there is none
  private String ratio(String workload, String store, String what, double limit) {
    double ratio = figures.rate(workload, Peers.TUFFDB) / figures.rate(workload, store);
    String beside =
        limit == 0
            ? ""
            : "(at least %.1fx)  %s".formatted(limit, ratio >= limit ? "met" : "FALLS SHORT");
    return "  %-36s %6.2fx %s\n".formatted("TuffDB against " + store + what, ratio, beside);
  }
}
