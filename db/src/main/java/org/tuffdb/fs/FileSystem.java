package org.tuffdb.fs;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/// Every file operation of the engine. Three kinds exist: the disk, a file system in memory that
/// can lose power, and one that injects faults into another.
///
/// All methods may be called from any thread and finish their work even if the calling thread is
/// interrupted; the interrupt status is kept. Methods throw [NoSpaceException] where the disk is
/// full and a plain [IOException] otherwise. No method follows a symbolic link to a file; the
/// directory may be one, as a user's data directory often is.
public interface FileSystem {
  /// The file system of the operating system. Files are created for their owner alone (0600),
  /// directories too (0700).
  static FileSystem disk() {
    return DiskFileSystem.INSTANCE;
  }

  /// Creates `directory` and its missing parents, and syncs the parent of each one created, so that
  /// they survive a power cut. If it exists, its parent is synced all the same: a process may have
  /// been killed between creating it and syncing.
  void createDirectories(Path directory) throws IOException;

  /// Opens an existing directory to sync it. A descriptor held open from the beginning is told of
  /// every failed sync.
  Directory openDirectory(Path directory) throws IOException;

  /// The names of the files in `directory`, sorted.
  List<String> list(Path directory) throws IOException;

  /// Whether there is a file at `path`.
  boolean exists(Path path) throws IOException;

  /// Creates an empty file, which must not exist, and opens it for writing.
  WriteFile create(Path path) throws IOException;

  /// Opens an existing file to write over what it holds; its size stays as it is.
  WriteFile openForOverwrite(Path path) throws IOException;

  /// Opens an existing file for reading.
  ReadFile openForRead(Path path) throws IOException;

  /// Renames `from` to `to` in one step, replacing what was there. Durable once the directory is
  /// synced.
  void rename(Path from, Path to) throws IOException;

  /// Deletes a file, which must exist. Durable once the directory is synced.
  void delete(Path path) throws IOException;

  /// Takes the lock on `path`, a file of a store, creating it if need be. What is in the file is
  /// neither read nor written. No other descriptor of it may be closed in this process meanwhile:
  /// that would drop the lock.
  ///
  /// @throws org.tuffdb.error.DbLockedException if this process or another one holds it
  DirectoryLock lock(Path path) throws IOException;
}
