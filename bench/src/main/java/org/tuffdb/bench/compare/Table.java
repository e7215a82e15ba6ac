package org.tuffdb.bench.compare;

import java.util.function.ToDoubleFunction;
import org.tuffdb.workload.Result;

/// Prints the medians of a comparison: for each workload a line for each store, and how TuffDB
/// compares.
final class Table {
  private static final String FORM =
      "  %-17s %12s %9s %9s %9s %9s %8s %8s %9s %8s %8s %8s %6s %8s %12s";
  private static final String HEAD =
      FORM.formatted(
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
          "res MiB",
          "disk MiB",
          "writes",
          "settle s",
          "sustained");

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
      text.append(notes(workload));
      text.append(judgement(workload));
    }
    return text.toString();
  }

  private String line(String workload, String store) {
    double together = figures.median(workload, store, Result::operationsTimed);
    return FORM.formatted(
        store,
        speed(workload, store),
        median(workload, store, Result::p50Nanos, MICROS * together, 2),
        median(workload, store, Result::p99Nanos, MICROS * together, 2),
        median(workload, store, Result::p999Nanos, MICROS * together, 2),
        median(workload, store, Result::longestNanos, MILLIS, 2),
        median(workload, store, Result::cpuNanos, MICROS, 2),
        median(workload, store, Result::settledCpuNanos, MICROS, 2),
        median(workload, store, Result::garbageBytes, 1, 1),
        median(workload, store, Result::anonymousBytesMax, MIB, 0),
        median(workload, store, Result::residentBytesMax, MIB, 0),
        median(workload, store, Result::diskBytes, MIB, 0),
        median(workload, store, Result::writeAmplification, 1, 1),
        Cells.number(figures.settleSeconds(workload, store), 2),
        Cells.number(figures.sustainedRate(workload, store), 0));
  }

  private String median(
      String workload, String store, ToDoubleFunction<Result> figure, double unit, int digits) {
    return Cells.number(figures.median(workload, store, figure) / unit, digits);
  }

  private String speed(String workload, String store) {
    return workload.equals(Figures.REOPEN)
        ? "%,.0f ms".formatted(figures.openingMillis(store))
        : "%,.0f".formatted(figures.rate(workload, store));
  }

  private String notes(String workload) {
    StringBuilder text = new StringBuilder();
    for (Result failure : figures.failures(workload)) {
      text.append("  %-17s failed: %s\n".formatted(failure.store(), failure.failure()));
    }
    int together = figures.operationsTimed(workload);
    if (together > 1) {
      text.append(
          "  a latency is of %,d operations together, divided; max is not divided\n"
              .formatted(together));
    }
    return text.toString();
  }

  private String judgement(String workload) {
    StringBuilder text = new StringBuilder();
    for (Limits.Finding finding : limits.of(workload)) {
      text.append(
          "  %-42s %9s  %-14s  %s"
              .formatted(finding.what(), finding.found(), finding.limit(), finding.verdict().text())
              .stripTrailing());
      text.append('\n');
    }
    return text.toString();
  }
}
