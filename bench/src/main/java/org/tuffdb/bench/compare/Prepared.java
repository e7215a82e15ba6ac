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

/// The stores that runs begin with. Each is made once, and copied for those that change it.
final class Prepared {
  private final Path directory;
  private final Launch launch;
  private final boolean reuse;
  private final Set<Path> made = new HashSet<>();
  private final Map<Path, ChildFailure> failures = new HashMap<>();

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
        Path prepared = prepared(workload.preparedBy(), store, settings);
        if (!workload.writes()) {
          yield prepared;
        }
        Launch.program("cp", "-r", "--reflink=auto", prepared.toString(), own.toString());
        yield own;
      }
    };
  }

  private Path prepared(String preparing, String store, Settings settings)
      throws ChildFailure, IOException, InterruptedException {
    Path place =
        directory.resolve(
            "%s-%s-%d-%d-%s"
                .formatted(
                    preparing,
                    store,
                    settings.entries(),
                    settings.valueBytes(),
                    settings.compression()));
    ChildFailure before = failures.get(place);
    if (before != null) {
      throw before;
    }
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

  private void make(String preparing, String store, Settings settings, Path place)
      throws ChildFailure, IOException, InterruptedException {
    try {
      launch.prepare(store, preparing, settings.preparing(place));
    } catch (ChildFailure failure) {
      ChildFailure known = new ChildFailure(preparing + " " + failure.text(), failure);
      failures.put(place, known);
      throw known;
    }
  }
}
