package org.tuffdb.bench.compare;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/// How many times faster than the others TuffDB must be: the table of issue 4.
final class Limits {
  /// @param rocksdb than RocksDB
  /// @param best than the fastest of all other stores
  record Limit(double rocksdb, double best) {}

  private static final Map<String, Limit> LIMITS =
      Map.ofEntries(
          Map.entry("fillseq", new Limit(4, 1.2)),
          Map.entry("fillrandom", new Limit(3, 1.2)),
          Map.entry("fillbatch", new Limit(3, 1.2)),
          Map.entry("overwrite", new Limit(2.5, 1.2)),
          Map.entry("deleterandom", new Limit(2.5, 1.2)),
          Map.entry("readrandom", new Limit(4, 1.3)),
          Map.entry("readrandom-2", new Limit(4, 1.3)),
          Map.entry("readmissing", new Limit(3, 1.3)),
          Map.entry("readseq", new Limit(6, 1)),
          Map.entry("readreverse", new Limit(6, 1)),
          Map.entry("seekrandom", new Limit(5, 1.3)));

  private Limits() {}

  static @Nullable Limit of(String workload) {
    return LIMITS.get(workload);
  }
}
