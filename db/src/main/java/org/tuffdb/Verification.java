package org.tuffdb;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.tuffdb.error.DbException;
import org.tuffdb.fs.DirectoryLock;
import org.tuffdb.fs.FileNames;
import org.tuffdb.fs.FileSystem;

/// What came of reading every byte of a store's files: `CURRENT`, the manifest, the log, and every
/// table with its blocks, filter, fences and footer.
///
/// ```
/// Verification verification = Verification.of(Path.of("data"));
/// verification.damages().forEach(System.out::println);
/// ```
///
/// The store is not opened, and nothing in its files is changed, so this works where [Db#open]
/// refuses. Files that nothing refers to any more are passed over: the next opening deletes them.
///
/// @param files how many files were read
/// @param sizeBytes how large they are together
/// @param damages all that is wrong; empty if the store is whole
public record Verification(int files, long sizeBytes, List<Damage> damages) {
  /// Something that is wrong in one file.
  ///
  /// @param file the file
  /// @param offset where the damage begins, in bytes from the beginning of the file; -1 if it
  ///   concerns the whole file
  /// @param what what is wrong there
  /// @param keyspace the keyspace that it concerns; null if it is not known, or concerns all
  /// @param keys the keys that it concerns at most; null if they are not known
  public record Damage(
      Path file, long offset, String what, @Nullable String keyspace, @Nullable KeyRange keys) {}

  /// Is told how far a verification is. What it throws ends the verification.
  @FunctionalInterface
  public interface Progress {
    /// So many bytes of `totalBytes` have been read.
    void on(long doneBytes, long totalBytes);
  }

  /// Copies the list.
  public Verification {
    damages = List.copyOf(damages);
  }

  /// Whether nothing is damaged.
  public boolean isClean() {
    return damages.isEmpty();
  }

  /// Reads the files of the store in `directory`, holding its lock meanwhile, except where the file
  /// system is read-only.
  ///
  /// @throws org.tuffdb.error.DbLockedException if the store is open, here or in another process
  /// @throws DbException if there is no store, or if its directory cannot be read
  public static Verification of(Path directory) {
    return of(FileSystem.disk(), directory, (_, _) -> {});
  }

  /// The same on another file system, telling of its progress.
  public static Verification of(FileSystem files, Path directory, Progress progress) {
    Objects.requireNonNull(progress, "progress");
    try {
      if (!isStore(files, directory)) {
        throw new DbException("there is no store in " + directory);
      }
      try (DirectoryLock _ = files.lock(directory.resolve(FileNames.LOCK))) {
        return new StoreCheck(files, directory, progress).run();
      }
    } catch (IOException failed) {
      throw new DbException("cannot verify " + directory + ": " + failed.getMessage(), failed);
    }
  }

  /// Whether there is a store in `directory`, whole or not: any of the files that one cannot do
  /// without. A manifest alone is none: it is left where the first opening of a store did not come
  /// to its end, and [Db#open] begins anew there.
  public static boolean isStore(Path directory) {
    FileSystem files = FileSystem.disk();
    try {
      return files.exists(directory) && isStore(files, directory);
    } catch (IOException failed) {
      throw new DbException("cannot look into " + directory + ": " + failed.getMessage(), failed);
    }
  }

  private static boolean isStore(FileSystem files, Path directory) throws IOException {
    for (String name : files.list(directory)) {
      if (name.equals(FileNames.CURRENT)
          || FileNames.logNumber(name).isPresent()
          || FileNames.tableNumber(name).isPresent()) {
        return true;
      }
    }
    return false;
  }
}
