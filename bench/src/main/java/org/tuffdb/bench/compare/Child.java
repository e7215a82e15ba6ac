package org.tuffdb.bench.compare;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.tuffdb.workload.Result;
import org.tuffdb.workload.Run;
import org.tuffdb.workload.Settings;
import org.tuffdb.workload.Store;
import org.tuffdb.workload.Workload;
import org.tuffdb.workload.Workloads;

/// One workload on one store, in a JVM of its own. What it has shown goes into a file.
final class Child {
  private Child() {}

  /// The arguments that [#main] takes.
  static List<String> arguments(String store, String workload, Settings settings, Path result) {
    return List.of(
        store,
        workload,
        result.toString(),
        settings.directory().toString(),
        Integer.toString(settings.entries()),
        Integer.toString(settings.valueBytes()),
        Double.toString(settings.seconds()),
        Long.toString(settings.memoryBytes()),
        Boolean.toString(settings.warm()),
        Long.toString(settings.seed()));
  }

  public static void main(String[] args) throws Exception {
    Store.Opener opener = Peers.all().get(args[0]);
    Workload workload = Workloads.named(args[1]).orElseThrow();
    if (opener == null) {
      throw new IllegalArgumentException("no store " + args[0]);
    }
    Settings settings =
        new Settings(
            Path.of(args[3]),
            Integer.parseInt(args[4]),
            Integer.parseInt(args[5]),
            0,
            Double.parseDouble(args[6]),
            Long.parseLong(args[7]),
            false,
            Boolean.parseBoolean(args[8]),
            Long.parseLong(args[9]));
    Result result = Run.run(args[0], opener, workload, settings);
    Files.writeString(Path.of(args[2]), result.toJson() + "\n");
  }
}
