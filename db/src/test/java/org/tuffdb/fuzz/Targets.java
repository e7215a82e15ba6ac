package org.tuffdb.fuzz;

import java.util.ArrayList;
import java.util.List;

/// What is fuzzed. The shell is there where the classes of its tests are: they are not in those of
/// the engine.
final class Targets {
  private static final List<String> ENGINE =
      List.of(
          "org.tuffdb.log.LogTarget",
          "org.tuffdb.table.TableTarget",
          "org.tuffdb.version.ManifestTarget",
          "org.tuffdb.entry.BatchTarget");

  private static final List<String> IMPORTS = List.of("csv", "tsv", "jsonl", "lines");

  private Targets() {}

  static List<Target> all(ProbedClasses classes) {
    List<Target> all = new ArrayList<>();
    ENGINE.forEach(name -> all.add(classes.target(name)));
    if (ImportTarget.isThere()) {
      IMPORTS.forEach(format -> all.add(new ImportTarget(format, classes)));
    }
    return all;
  }
}
