package org.tuffdb.torture;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/// A folder for one campaign.
final class Scratch {
  private final Path directory;

  private Scratch(Path directory) {
    this.directory = directory;
  }

  static Scratch create(String campaign) throws IOException {
    return new Scratch(Files.createTempDirectory("tuffdb-" + campaign + "-"));
  }

  Path directory() {
    return directory;
  }

  Path resolve(String name) {
    return directory.resolve(name);
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
        Files.delete(file);
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
