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
    return List.of(store, workload, result.toString(), settings.toJson());
  }

  /// Ends the process in any case: stores may have left threads behind.
  public static void main(String[] args) throws Exception {
    Thread.setDefaultUncaughtExceptionHandler(Child::fail);
    run(args[0], args[1], Path.of(args[2]), Settings.of(Json.objects(args[3]).getFirst()));
    Runtime.getRuntime().halt(0);
  }

  private static void fail(Thread thread, Throwable failure) {
    failure.printStackTrace();
    Runtime.getRuntime().halt(1);
  }

  private static void run(String storeName, String workloadName, Path file, Settings settings)
      throws Exception {
    Store.Opener opener = Peers.opener(storeName);
    Workload workload = Workloads.named(workloadName).orElseThrow();
    Peers.loadLibrary(storeName);
    Result result = Run.run(storeName, opener, workload, settings);
    Files.writeString(file, result.toJson() + "\n");
  }
}
