package org.tuffdb.bench.compare;

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
  private final Limits limits;

  Table(Report report) {
    this.figures = report.figures();
    this.limits = report.limits();
  }

  String text() {
    StringBuilder text = new StringBuilder();
    for (String workload : figures.workloads()) {
      text.append('\n').append(workload).append(HEAD.substring(workload.length())).append('\n');
      for (String store : figures.stores(workload)) {
        text.append(line(workload, store)).append('\n');
      }
      for (Result failure : figures.failures(workload)) {
        text.append("  %-17s failed: %s\n".formatted(failure.store(), failure.failure()));
      }
      text.append(judgement(workload));
    }
    return text.toString();
  }

  private String line(String workload, String store) {
    double together = figures.median(workload, store, Result::operationsTimed);
    return "  %-17s %12s %9.2f %9.2f %9.2f %9.2f %8.2f %8.2f %9.1f %8.0f %8.0f %6.1f"
        .formatted(
            store,
            speed(workload, store),
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

  private String speed(String workload, String store) {
    return workload.equals(Figures.REOPEN)
        ? "%,.0f ms".formatted(figures.openingMillis(store))
        : "%,.0f".formatted(figures.rate(workload, store));
  }

  private String judgement(String workload) {
    StringBuilder text = new StringBuilder();
    for (Limits.Finding finding : limits.of(workload)) {
      text.append(
          "  %-42s %9s  %-14s  %s"
              .formatted(finding.what(), finding.found(), finding.limit(), finding.verdict())
              .stripTrailing());
      text.append('\n');
    }
    return text.toString();
  }
}
