package org.tuffdb.workload;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// All workloads.
public final class Workloads {
  private Workloads() {}

  /// Those that are measured.
  public static List<Workload> all() {
    List<Workload> all = new ArrayList<>(Fills.all());
    all.addAll(Reads.all());
    all.addAll(Scans.all());
    all.addAll(Mixes.all());
    all.addAll(Ycsb.all());
    all.addAll(Reopening.all());
    all.addAll(MachineLimits.all());
    return all;
  }

  /// Also those that only prepare a store for another one.
  public static Optional<Workload> named(String name) {
    return Stream.concat(all().stream(), Fills.preparing().stream())
        .filter(workload -> workload.name().equals(name))
        .findFirst();
  }
}
