package org.tuffdb.bench.compare;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import org.tuffdb.workload.Result;

/// All results of a comparison, and the medians over its rounds.
final class Figures {
  /// Its one operation takes long: milliseconds say more than a rate.
  static final String REOPEN = "reopen";

  private final List<Result> results = new ArrayList<>();

  void add(Result result) {
    results.add(result);
  }

  List<Result> all() {
    return results;
  }

  List<String> workloads() {
    return results.stream().map(Result::workload).distinct().toList();
  }

  /// Those that have a result that is no failure.
  List<String> stores(String workload) {
    return results.stream()
        .filter(result -> result.workload().equals(workload) && !result.isFailed())
        .map(Result::store)
        .distinct()
        .toList();
  }

  /// Those runs that have failed.
  List<Result> failures(String workload) {
    return results.stream()
        .filter(result -> result.workload().equals(workload) && result.isFailed())
        .toList();
  }

  /// The median of a figure over the rounds.
  double median(String workload, String store, ToDoubleFunction<Result> figure) {
    double[] values =
        results.stream()
            .filter(result ->
                result.workload().equals(workload)
                    && result.store().equals(store)
                    && !result.isFailed())
            .mapToDouble(figure)
            .sorted()
            .toArray();
    return values.length == 0
        ? Double.NaN
        : (values[(values.length - 1) / 2] + values[values.length / 2]) / 2;
  }

  double rate(String workload, String store) {
    return median(workload, store, Result::operationsPerSecond);
  }

  /// How long the operation of [#REOPEN] took.
  double openingMillis(String store) {
    return median(REOPEN, store, Result::longestNanos) / 1e6;
  }

  /// The fastest store that is neither TuffDB nor a RocksDB; empty if there is none.
  Optional<String> bestOther(String workload) {
    return stores(workload).stream()
        .filter(store -> !store.equals(Peers.TUFFDB) && !store.startsWith(Peers.ROCKSDB))
        .max(Comparator.comparingDouble(store -> rate(workload, store)));
  }
}
