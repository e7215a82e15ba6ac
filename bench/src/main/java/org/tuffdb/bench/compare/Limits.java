package org.tuffdb.bench.compare;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.ToDoubleFunction;
import org.tuffdb.workload.Result;
import org.tuffdb.workload.Workload;
import org.tuffdb.workload.Workloads;

/// What must be shown of TuffDB beside the other stores: the table of issue 4. What is said of a
/// workload here and not there is for information.
final class Limits {
  private static final String FDATASYNC = "fdatasync";
  private static final int MANY_ENTRIES = 10_000_000;

  // Half a byte for an operation is what happens once in a while, and not for each.
  private static final double GARBAGE_BYTES_MAX = 0.5;
  private static final double DISK_RATIO_MAX = 1.1;
  private static final double FDATASYNC_RATIO_MIN = 0.9;

  /// How many times as fast it must be.
  ///
  /// @param rocksdb as RocksDB
  /// @param best as the fastest of all other stores; 0 if that does not matter
  private record Speed(double rocksdb, double best) {}

  enum Verdict {
    /// Nothing is asked for.
    NONE(""),
    MET("met"),
    SHORT("FALLS SHORT"),

    /// A figure is missing.
    UNKNOWN("UNKNOWN");

    private final String text;

    Verdict(String text) {
      this.text = text;
    }

    String text() {
      return text;
    }

    static Verdict of(double figure, boolean met) {
      return !Cells.isKnown(figure) ? UNKNOWN : met ? MET : SHORT;
    }
  }

  /// What was found of one limit.
  ///
  /// @param limit empty if there is none
  record Finding(String what, String found, String limit, Verdict verdict) {}

  private static final Map<String, Speed> SPEEDS =
      Map.ofEntries(
          Map.entry("fillseq", new Speed(4, 1.2)),
          Map.entry("fillrandom", new Speed(3, 1.2)),
          Map.entry("fillbatch", new Speed(3, 1.2)),
          Map.entry("overwrite", new Speed(2.5, 1.2)),
          Map.entry("deleterandom", new Speed(2.5, 1.2)),
          Map.entry("fillsync-1", new Speed(1.3, 1)),
          Map.entry("fillsync-4", new Speed(1.5, 1.2)),
          Map.entry("fillsync-16", new Speed(1.5, 1.2)),
          Map.entry("fillsync-64", new Speed(1.5, 1.2)),
          Map.entry("fillsync-64v", new Speed(3, 1.2)),
          Map.entry("readrandom", new Speed(4, 1.3)),
          Map.entry("readrandom-2", new Speed(4, 1.3)),
          Map.entry("readmissing", new Speed(3, 1.3)),
          Map.entry("readseq", new Speed(6, 1)),
          Map.entry("readreverse", new Speed(6, 1)),
          Map.entry("seekrandom", new Speed(5, 1.3)),
          Map.entry("mixed", new Speed(3, 1.3)),
          Map.entry("readwhilewriting", new Speed(3, 1.3)),
          Map.entry("readrandom-large", new Speed(1.1, 1)),
          Map.entry("reopen", new Speed(3, 0)));

  private static final Speed MANY = new Speed(2.5, 1.2);
  private static final Set<String> WITH_MANY =
      Set.of("fillrandom", "overwrite", "readrandom", "readseq");

  /// Those whose every operation is a get or a put.
  private static final Set<String> WITHOUT_GARBAGE =
      Set.of(
          "fillseq",
          "fillrandom",
          "overwrite",
          "deleterandom",
          "fillsync-1",
          "fillsync-4",
          "fillsync-16",
          "fillsync-64",
          "fillsync-64v",
          "readrandom",
          "readrandom-2",
          "readrandom-large",
          "readmissing",
          "mixed",
          "readwhilewriting");

  private final Figures figures;
  private final int entries;

  /// @param entries of the comparison
  Limits(Figures figures, int entries) {
    this.figures = figures;
    this.entries = entries;
  }

  List<Finding> of(String workload) {
    List<Finding> findings = new ArrayList<>();
    if (!figures.attempted(workload).contains(Peers.TUFFDB)) {
      return findings;
    }
    addFailed(workload, findings);
    addSpeeds(workload, findings);
    if (figures.attempted(workload).contains(Peers.ROCKSDB)) {
      addOthers(workload, findings);
    }
    if (WITHOUT_GARBAGE.contains(workload)) {
      double bytes = figures.median(workload, Peers.TUFFDB, Result::garbageBytes);
      findings.add(
          new Finding(
              "garbage",
              found(bytes, "%.1f B"),
              "0 B",
              Verdict.of(bytes, bytes < GARBAGE_BYTES_MAX)));
    }
    return findings;
  }

  /// The medians are those of the rounds that have ended well: good ones do not make up for others.
  private void addFailed(String workload, List<Finding> findings) {
    int failed = figures.failed(workload, Peers.TUFFDB);
    if (failed > 0) {
      int runs = figures.runs(workload, Peers.TUFFDB);
      findings.add(new Finding("failed rounds", failed + " of " + runs, "none", Verdict.SHORT));
    }
  }

  private void addSpeeds(String workload, List<Finding> findings) {
    Speed speed =
        entries >= MANY_ENTRIES && WITH_MANY.contains(workload) ? MANY : SPEEDS.get(workload);
    boolean alone = workload.equals("fillsync-1");
    for (String store : figures.attempted(workload)) {
      if (store.startsWith(Peers.ROCKSDB)) {
        double least = speed == null ? 0 : leastAgainst(store, speed, alone);
        findings.add(speed("speed against " + store, workload, workload, store, least));
      }
    }
    Optional<String> best = figures.bestOther(workload);
    if (best.isPresent() && (speed == null || speed.best() > 0)) {
      String what = "speed against " + best.get() + ", the best other";
      findings.add(speed(what, workload, workload, best.get(), speed == null ? 0 : speed.best()));
    }
    if (alone && figures.attempted(FDATASYNC).contains(Peers.MACHINE)) {
      String what = "speed against bare " + FDATASYNC;
      findings.add(speed(what, workload, FDATASYNC, Peers.MACHINE, FDATASYNC_RATIO_MIN));
    }
  }

  /// The variants of RocksDB are for information, but for one in one row.
  private static double leastAgainst(String store, Speed speed, boolean alone) {
    return switch (store) {
      case Peers.ROCKSDB -> speed.rocksdb();
      case Peers.ROCKSDB_RECYCLE -> alone ? 1 : 0;
      default -> 0;
    };
  }

  private Finding speed(
      String what, String workload, String otherWorkload, String store, double least) {
    double ratio = figures.rate(workload, Peers.TUFFDB) / figures.rate(otherWorkload, store);
    String limit = least == 0 ? "" : "at least %.1fx".formatted(least);
    Verdict verdict = least == 0 ? Verdict.NONE : Verdict.of(ratio, ratio >= least);
    return new Finding(what, found(ratio, "%.2fx"), limit, verdict);
  }

  private void addOthers(String workload, List<Finding> findings) {
    boolean writes = Workloads.named(workload).map(Workload::writes).orElse(false);
    boolean mixed = !workload.matches("fill.*|overwrite|deleterandom");
    findings.add(ratio("peak anonymous memory", workload, Result::anonymousBytesMax, 1));
    if (writes && !mixed) {
      findings.add(ratio("p99.9", workload, Result::p999Nanos, 1));
      findings.add(ratio("longest", workload, Result::longestNanos, 1));
    }
    if (writes && !mixed && !workload.startsWith("fillsync")) {
      findings.add(ratio("bytes on disk", workload, Result::diskBytes, DISK_RATIO_MAX));
    }
  }

  private Finding ratio(
      String what, String workload, ToDoubleFunction<Result> figure, double most) {
    double ours = figures.median(workload, Peers.TUFFDB, figure);
    double theirs = figures.median(workload, Peers.ROCKSDB, figure);
    // Both may be unknown, which is -1.
    double ratio = Cells.isKnown(ours) && Cells.isKnown(theirs) ? ours / theirs : Double.NaN;
    return new Finding(
        what + " against " + Peers.ROCKSDB,
        found(ratio, "%.2fx"),
        "at most %.1fx".formatted(most),
        Verdict.of(ratio, ratio <= most));
  }

  private static String found(double value, String form) {
    return Cells.isKnown(value) ? String.format(Locale.ROOT, form, value) : Cells.UNKNOWN;
  }
}
