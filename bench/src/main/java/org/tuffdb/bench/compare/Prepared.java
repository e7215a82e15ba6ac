package org.tuffdb.bench.compare;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.tuffdb.workload.Run;
import org.tuffdb.workload.Settings;
import org.tuffdb.workload.Workload;

/// The stores that runs begin with. One is made for all that only read it, and one for each run
/// that changes it: a copy would lie in the page cache otherwise than what the store has written
/// itself.
final class Prepared {
  private final Path directory;
  private final Launch launch;
  private final boolean reuse;
  private final Set<Path> made = new HashSet<>();
  private final Map<String, ChildFailure> failures = new HashMap<>();

  /// @param reuse whether those of an earlier call will do
  Prepared(Path directory, Launch launch, boolean reuse) {
    this.directory = directory;
    this.launch = launch;
    this.reuse = reuse;
  }

  /// Where a run is to take place: a directory with what its workload begins with.
  Path place(Workload workload, String store, Settings settings)
      throws ChildFailure, IOException, InterruptedException {
    Path own = directory.resolve("run");
    Run.deleteAll(own);
    return switch (workload.start()) {
      case EMPTY, NO_STORE -> own;
      case LOADED, STOPPED -> {
        if (!workload.writes()) {
          yield shared(workload.preparedBy(), store, settings);
        }
        make(workload.preparedBy(), store, settings, own);
        yield own;
      }
    };
  }

  private Path shared(String preparing, String store, Settings settings)
      throws ChildFailure, IOException, InterruptedException {
    Path place =
        directory.resolve(
            "%s-%s-%d-%d-%d-%d-%s"
                .formatted(
                    preparing,
                    store,
                    settings.entries(),
                    settings.valueBytes(),
                    settings.seed(),
                    settings.memoryBytes() >> 20,
                    settings.compression()));
    Path done = place.resolveSibling(place.getFileName() + ".done");
    if (!(reuse || made.contains(place)) || Files.notExists(done)) {
      Files.deleteIfExists(done);
      Run.deleteAll(place);
      make(preparing, store, settings, place);
      Files.createFile(done);
      made.add(place);
    }
    return place;
  }

  /// What failed once is not tried again for each run.
  private void make(String preparing, String store, Settings settings, Path place)
      throws ChildFailure, IOException, InterruptedException {
    ChildFailure before = failures.get(preparing + store);
    if (before != null) {
      throw before;
    }
    try {
      launch.prepare(store, preparing, settings.preparing(place));
    } catch (ChildFailure failure) {
      ChildFailure known = new ChildFailure(preparing + " " + failure.text(), failure);
      failures.put(preparing + store, known);
      throw known;
    }
  }
}
