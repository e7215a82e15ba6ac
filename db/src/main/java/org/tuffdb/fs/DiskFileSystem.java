package org.tuffdb.fs;

import java.io.IOException;
import java.nio.channels.AsynchronousFileChannel;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The operating system's files.
///
/// # Interrupts
///
/// A thread that is interrupted inside a `FileChannel` closes it for everybody. So no `FileChannel`
/// stays open on a file that is written: `RandomAccessFile` writes, and `AsynchronousFileChannel`
/// syncs and locks, on the caller's thread; neither looks at the interrupt status. A file that is
/// read can be opened again: see [DiskReadFile].
///
/// # What a sync means
///
/// On Linux a file's sync is `fdatasync`, a directory's is `fsync`. On macOS both are
/// `F_FULLFSYNC`, which also empties the drive's cache. On Windows a file's is `FlushFileBuffers`,
/// and a directory cannot be synced: see [DiskDirectory].
///
/// # Symbolic links
///
/// The kernel refuses them where a channel is opened or a file created. `RandomAccessFile` cannot
/// ask for that; the path is looked at before and after it opens, which stops accidents. Somebody
/// who can swap files in a directory of mode 0700 needs no link to do harm.
enum DiskFileSystem implements FileSystem {
  INSTANCE;

  @Override
  public void createDirectories(Path directory) throws IOException {
    Deque<Path> missing = new ArrayDeque<>();
    Path existing = directory.toAbsolutePath().normalize();
    while (existing.getParent() != null && !Files.exists(existing, LinkOption.NOFOLLOW_LINKS)) {
      missing.push(existing);
      existing = existing.getParent();
    }
    syncEntryOf(existing);
    for (Path next : missing) {
      boolean created = createDirectory(next);
      try {
        syncDirectory(next.getParent());
      } catch (Throwable unknown) {
        if (created) {
          remove(next, unknown);
        }
        throw unknown;
      }
    }
    if (!Files.isDirectory(directory)) {
      throw new IOException(directory + ": is not a directory");
    }
  }

  /// A process that was killed may have created `directory` and not synced its parent. A parent
  /// that we may not read is somebody else's: then it was not us who created the directory.
  private static void syncEntryOf(Path directory) throws IOException {
    Path parent = directory.getParent();
    if (parent != null && Files.isReadable(parent)) {
      syncDirectory(parent);
    }
  }

  /// A later call would take it for durable: the kernel tells once of a sync that has failed.
  private static void remove(Path created, Throwable unknown) {
    try {
      Files.deleteIfExists(created);
    } catch (IOException second) {
      unknown.addSuppressed(second);
    }
  }

  /// Returns whether it was not there before.
  private static boolean createDirectory(Path directory) throws IOException {
    try {
      Files.createDirectory(directory, ownerOnly(directory, "rwx------"));
      return true;
    } catch (FileAlreadyExistsException e) {
      if (!Files.isDirectory(directory)) {
        throw DiskError.of("create directory", directory, 0, e);
      }
      return false;
    } catch (IOException e) {
      throw DiskError.of("create directory", directory, 0, e);
    }
  }

  private static void syncDirectory(@Nullable Path directory) throws IOException {
    if (directory != null) {
      try (DiskDirectory opened = DiskDirectory.open(directory)) {
        opened.sync();
      }
    }
  }

  @Override
  public Directory openDirectory(Path directory) throws IOException {
    return DiskDirectory.open(directory);
  }

  @Override
  public List<String> list(Path directory) throws IOException {
    List<String> names = new ArrayList<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
      for (Path entry : entries) {
        names.add(String.valueOf(entry.getFileName()));
      }
    } catch (DirectoryIteratorException e) {
      throw DiskError.of("list", directory, 0, Objects.requireNonNull(e.getCause()));
    } catch (IOException e) {
      throw DiskError.of("list", directory, 0, e);
    }
    Collections.sort(names);
    return names;
  }

  @Override
  public boolean exists(Path path) throws IOException {
    try {
      attributes(path);
      return true;
    } catch (NoSuchFileException e) {
      return false;
    }
  }

  @Override
  public WriteFile create(Path path) throws IOException {
    AsynchronousFileChannel channel =
        openChannel(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    try {
      return DiskWriteFile.open(path, channel, regularFile(path));
    } catch (IOException e) {
      // The caller holds no file: leave none behind that would stand in the way of the next try.
      try {
        Files.deleteIfExists(path);
      } catch (IOException second) {
        e.addSuppressed(second);
      }
      throw e;
    }
  }

  @Override
  public WriteFile openForOverwrite(Path path) throws IOException {
    BasicFileAttributes before = regularFile(path);
    return DiskWriteFile.open(path, openChannel(path, StandardOpenOption.WRITE), before);
  }

  @Override
  public ReadFile openForRead(Path path) throws IOException {
    return DiskReadFile.open(path, regularFile(path));
  }

  @Override
  public void rename(Path from, Path to) throws IOException {
    try {
      // Without ATOMIC_MOVE the JDK unlinks the target first: for a moment there is neither file.
      Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
    } catch (AtomicMoveNotSupportedException e) {
      throw new IOException(from + ": cannot be renamed to " + to + " in one step", e);
    } catch (IOException e) {
      throw DiskError.of("rename", from, 0, e);
    }
  }

  @Override
  public void delete(Path path) throws IOException {
    if (attributes(path).isDirectory()) {
      throw new IOException(path + ": is a directory");
    }
    try {
      Files.delete(path);
    } catch (IOException e) {
      throw DiskError.of("delete", path, 0, e);
    }
  }

  @Override
  public DirectoryLock lock(Path path) throws IOException {
    return DiskLock.take(path);
  }

  /// Opens a channel that creates for the owner alone, if it creates, and follows no link.
  static AsynchronousFileChannel openChannel(Path path, OpenOption... options) throws IOException {
    Set<OpenOption> all = new HashSet<>(List.of(options));
    all.add(LinkOption.NOFOLLOW_LINKS);
    try {
      return AsynchronousFileChannel.open(path, all, null, ownerOnly(path, "rw-------"));
    } catch (IOException e) {
      throw DiskError.of("open", path, 0, e);
    }
  }

  /// What is at `path`, if that is a regular file: opening a pipe would wait for its other end.
  static BasicFileAttributes regularFile(Path path) throws IOException {
    BasicFileAttributes found = attributes(path);
    if (found.isSymbolicLink()) {
      throw new IOException(path + ": is a symbolic link, which is not followed here");
    }
    if (!found.isRegularFile()) {
      throw new IOException(path + ": is not a regular file");
    }
    return found;
  }

  private static BasicFileAttributes attributes(Path path) throws IOException {
    try {
      return Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    } catch (IOException e) {
      throw DiskError.of("look at", path, 0, e);
    }
  }

  private static FileAttribute<?>[] ownerOnly(Path path, String permissions) {
    return path.getFileSystem().supportedFileAttributeViews().contains("posix")
        ? new FileAttribute<?>[] {
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions))
        }
        : new FileAttribute<?>[0];
  }
}
