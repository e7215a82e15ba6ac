package org.tuffdb.torture;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;

/// A folder for one campaign. It goes when this process ends, in whatever way, unless it is kept.
final class Scratch implements AutoCloseable {
  /// Two campaigns at once, each with an image, of which the largest is one of btrfs, and copies.
  private static final long IN_MEMORY_BYTES_MIN = 1L << 30;

  private final Path directory;
  private boolean kept;

  private Scratch(Path directory) {
    this.directory = directory;
  }

  static Scratch create(String campaign) throws IOException {
    Scratch scratch = new Scratch(Files.createTempDirectory("tuffdb-" + campaign + "-"));
    Cleanup.add(scratch);
    return scratch;
  }

  /// The same in memory, where there is such a file system with room, for images of disks: they
  /// need not survive this machine, and its own disk's syncs would take most of the time. In a
  /// container it often has no more than 64 MiB.
  static Scratch createInMemory(String campaign) throws IOException {
    Path memory = Path.of("/dev/shm");
    if (!Files.isWritable(memory)
        || Files.getFileStore(memory).getUsableSpace() < IN_MEMORY_BYTES_MIN) {
      return create(campaign);
    }
    Scratch scratch = new Scratch(Files.createTempDirectory(memory, "tuffdb-" + campaign + "-"));
    Cleanup.add(scratch);
    return scratch;
  }

  Path directory() {
    return directory;
  }

  Path resolve(String name) {
    return directory.resolve(name);
  }

  /// Runs a campaign, and leaves the folder to whoever wants to look into it if that fails, by a
  /// [Violation] or in any other way.
  ///
  /// @param bug what the store is broken by, on purpose: then nothing is kept
  <T> T keepIfFailed(Bug bug, Callable<T> campaign) throws Exception {
    try {
      return campaign.call();
    } catch (CannotRun missing) {
      throw missing;
    } catch (Exception | Error failure) {
      // Whoever ends this process has its children ended, too: that is no failure.
      Cleanup.stopIfEnding();
      if (bug != Bug.NONE || isEmpty()) {
        throw failure;
      }
      Cleanup.remove(this);
      kept = true;
      String where = "%nthe store is kept in %s".formatted(directory);
      throw failure instanceof Violation violation
          ? new Violation(violation.getMessage() + where, violation)
          : new IOException(failure + where, failure);
    }
  }

  /// Whether there is nothing to keep: a store may be in files of another kind.
  private boolean isEmpty() throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.findAny().isEmpty();
    }
  }

  @Override
  public synchronized void close() throws IOException {
    Cleanup.remove(this);
    if (!kept) {
      delete(directory);
    }
  }

  /// Copies the files of `from`, none if it is not there, into a new folder `to`.
  static void copy(Path from, Path to) throws IOException {
    Files.createDirectory(to);
    if (Files.exists(from)) {
      for (Path file : tree(from).subList(1, tree(from).size())) {
        Files.copy(file, to.resolve(from.relativize(file)));
      }
    }
  }

  /// Deletes a folder, if it is there, and everything in it.
  static void delete(Path folder) throws IOException {
    if (Files.exists(folder)) {
      for (Path file : tree(folder).reversed()) {
        Files.deleteIfExists(file);
      }
    }
  }

  /// `folder` itself comes first, and every folder before what is in it.
  private static List<Path> tree(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.sorted(Comparator.naturalOrder()).toList();
    }
  }
}
