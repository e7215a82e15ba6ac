package org.tuffdb.shell;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.tuffdb.workload.Result;
import org.tuffdb.workload.Run;
import org.tuffdb.workload.Settings;
import org.tuffdb.workload.Workload;
import org.tuffdb.workload.Workload.Start;

/// Where `bench` makes its stores: a new directory, deleted in the end.
///
/// A store that workloads begin with is made once, and copied for those that change it.
final class BenchDirectory implements AutoCloseable {
  private static final String PREFIX = "tuff-bench-";

  private final Path path;
  private final Interruption interruption;

  private BenchDirectory(Path path, Interruption interruption) {
    this.path = path;
    this.interruption = interruption;
  }

  /// @param parent null for the system's temporary directory
  static BenchDirectory create(@Nullable Path parent, Interruption interruption)
      throws IOException {
    if (parent == null) {
      return new BenchDirectory(Files.createTempDirectory(PREFIX), interruption);
    }
    Files.createDirectories(parent);
    return new BenchDirectory(Files.createTempDirectory(parent, PREFIX), interruption);
  }

  Path path() {
    return path;
  }

  /// Runs `workload` on the store that it begins with.
  Result run(Workload workload, Settings settings) throws IOException, InterruptedException {
    Path store = path.resolve("store");
    return switch (workload.start()) {
      case EMPTY, NO_STORE -> runIn(store, workload, settings);
      case LOADED, STOPPED -> {
        Path prepared = path.resolve(workload.preparedBy());
        if (Files.notExists(prepared)) {
          Result made =
              BenchProcess.run(workload.preparedBy(), settings.preparing(prepared), interruption);
          // A process that ends at once, as one of them has to, has no result.
          if (made.isFailed() && workload.start() == Start.LOADED) {
            Run.deleteAll(prepared); // else the next workload would take it for ready
            yield Result.failed(made.store(), workload.name(), made.failure());
          }
        }
        if (!workload.writes()) {
          yield BenchProcess.run(workload.name(), settings.in(prepared), interruption);
        }
        copy(prepared, store);
        yield runIn(store, workload, settings);
      }
    };
  }

  private Result runIn(Path store, Workload workload, Settings settings)
      throws IOException, InterruptedException {
    try {
      return BenchProcess.run(workload.name(), settings.in(store), interruption);
    } finally {
      Run.deleteAll(store);
    }
  }

  /// The copy is on the disk when this returns: what is still to be written would disturb.
  private static void copy(Path from, Path to) throws IOException {
    Files.createDirectory(to);
    for (Path file : files(from)) {
      Path copy = Files.copy(file, to.resolve(file.getFileName()));
      try (FileChannel channel = FileChannel.open(copy, StandardOpenOption.WRITE)) {
        channel.force(true);
      }
    }
  }

  private static List<Path> files(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.toList();
    }
  }

  @Override
  public void close() throws IOException {
    Run.deleteAll(path);
  }
}
