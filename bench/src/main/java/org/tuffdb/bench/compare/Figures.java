package org.tuffdb.bench.compare;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;
import org.tuffdb.workload.Result;
import org.tuffdb.workload.Workload.Start;
import org.tuffdb.workload.Workloads;

/// All results of a comparison, and the medians over its rounds.
final class Figures {
  /// Its one operation takes long: milliseconds say more than a rate.
  static final String REOPEN = "reopen";

  /// It is short of memory.
  static final String LARGE = "readrandom-large";

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

  /// Those that were run, whatever came of it.
  List<String> attempted(String workload) {
    return results.stream()
        .filter(result -> result.workload().equals(workload))
        .map(Result::store)
        .distinct()
        .toList();
  }

  /// How many runs there were.
  int runs(String workload, String store) {
    return (int) ofStore(workload, store).count();
  }

  /// How many of them have failed.
  int failed(String workload, String store) {
    return (int) ofStore(workload, store).filter(Result::isFailed).count();
  }

  private Stream<Result> ofStore(String workload, String store) {
    return results.stream()
        .filter(result -> result.workload().equals(workload) && result.store().equals(store));
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

  private double[] sorted(String workload, String store, ToDoubleFunction<Result> figure) {
    return ofStore(workload, store)
        .filter(result -> !result.isFailed())
        .mapToDouble(figure)
        .sorted()
        .toArray();
  }

  /// The median of a figure over the rounds that have not failed.
  double median(String workload, String store, ToDoubleFunction<Result> figure) {
    double[] values = sorted(workload, store, figure);
    return values.length == 0
        ? Double.NaN
        : (values[(values.length - 1) / 2] + values[values.length / 2]) / 2;
  }

  double rate(String workload, String store) {
    return median(workload, store, Result::operationsPerSecond);
  }

  /// The lowest speed of a round and the highest one; empty if none has one.
  double[] rates(String workload, String store) {
    double[] sorted = sorted(workload, store, Result::operationsPerSecond);
    return sorted.length == 0 ? sorted : new double[] {sorted[0], sorted[sorted.length - 1]};
  }

  /// How many operations one latency is of.
  int operationsTimed(String workload) {
    return results.stream()
        .filter(result -> result.workload().equals(workload) && !result.isFailed())
        .mapToInt(Result::operationsTimed)
        .max()
        .orElse(1);
  }

  /// How long the store had work to do after the last operation; unknown of what writes nothing.
  double settleSeconds(String workload, String store) {
    return writes(workload) ? median(workload, store, Result::settleSeconds) : Double.NaN;
  }

  /// Operations a second if that is counted as part of them; unknown of what writes nothing.
  double sustainedRate(String workload, String store) {
    return writes(workload)
        ? median(workload, store, run -> run.operations() / (run.seconds() + run.settleSeconds()))
        : Double.NaN;
  }

  /// Whether it leaves a store with something to do.
  static boolean writes(String workload) {
    return Workloads.all().stream()
        .anyMatch(
            one -> one.name().equals(workload) && one.writes() && one.start() != Start.NO_STORE);
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
