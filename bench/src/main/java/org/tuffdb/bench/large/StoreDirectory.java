package org.tuffdb.bench.large;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.tuffdb.fs.FileNames;

/// Where the store is: `--dir`, or a new directory below the current one. What was created here is
/// deleted at the end, unless `--keep` is given; what was there before stays.
final class StoreDirectory implements AutoCloseable {
  private final Path path;
  private final boolean kept;

  private StoreDirectory(Path path, boolean kept) {
    this.path = path;
    this.kept = kept;
  }

  static StoreDirectory of(Arguments arguments) throws IOException {
    boolean keep = arguments.flag("keep");
    String given = arguments.text("dir");
    if (given == null) {
      Path below = Path.of("").toAbsolutePath();
      return new StoreDirectory(Files.createTempDirectory(below, "large-"), keep);
    }
    Path path = Path.of(given).toAbsolutePath();
    return new StoreDirectory(path, keep || Files.exists(path));
  }

  /// For a command that needs a new store.
  static StoreDirectory ofNew(Arguments arguments) throws IOException {
    StoreDirectory directory = of(arguments);
    if (directory.holdsStore()) {
      throw new Misuse("there is a store in " + directory.path + " already");
    }
    return directory;
  }

  Path path() {
    return path;
  }

  boolean holdsStore() {
    return Files.exists(path.resolve(FileNames.CURRENT));
  }

  /// What all files take together, in bytes.
  long bytes() throws IOException {
    return bytesByKind().values().stream().mapToLong(Long::longValue).sum();
  }

  /// What the files of each kind take, in bytes.
  Map<String, Long> bytesByKind() throws IOException {
    Map<String, Long> bytes = new TreeMap<>();
    try (Stream<Path> files = Files.list(path)) {
      for (Path file : files.toList()) {
        bytes.merge(kind(file), size(file), Long::sum);
      }
    }
    return bytes;
  }

  private static String kind(Path file) {
    String name = String.valueOf(file.getFileName());
    int dot = name.lastIndexOf('.');
    return dot >= 0 ? name.substring(dot + 1) : name.replaceAll("-.*", "");
  }

  private static long size(Path file) throws IOException {
    try {
      return Files.size(file);
    } catch (NoSuchFileException deleted) {
      return 0;
    }
  }

  @Override
  public void close() throws IOException {
    if (kept) {
      System.out.println("kept: " + path);
      return;
    }
    List<Path> files;
    try (Stream<Path> all = Files.walk(path)) {
      files = all.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path file : files) {
      Files.delete(file);
    }
  }
}
