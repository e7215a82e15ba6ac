package org.tuffdb.workload;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// All workloads.
public final class Workloads {
  private Workloads() {}

  public static List<Workload> all() {
    List<Workload> all = new ArrayList<>(Fills.all());
    all.addAll(Reads.all());
    all.addAll(Scans.all());
    return all;
  }

  public static Optional<Workload> named(String name) {
    return all().stream().filter(workload -> workload.name().equals(name)).findFirst();
  }
}
