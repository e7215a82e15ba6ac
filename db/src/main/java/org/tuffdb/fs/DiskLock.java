package org.tuffdb.fs;

import java.io.IOException;
import java.nio.channels.AsynchronousFileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.tuffdb.error.DbLockedException;

/// The lock on a file of a store, which the operating system drops when the process ends.
///
/// A POSIX lock belongs to the process, and closing ANY descriptor of the file drops it. So the
/// file is opened by [#take] only after [#HELD] has said that this process does not hold it yet. A
/// lock file is never deleted: a new file of the same name would admit a second owner.
final class DiskLock implements DirectoryLock {
  /// Behind what any file holds: where locks are mandatory, others may go on reading and writing.
  private static final long LOCKED_BYTE = Long.MAX_VALUE - 1;

  /// The files locked by this process. Guarded by itself.
  private static final Set<Path> HELD = new HashSet<>();

  /// Channels that cannot be closed without dropping somebody's lock. Guarded by [#HELD].
  private static final List<AsynchronousFileChannel> LEFT_OPEN = new ArrayList<>();

  /// Of a directory on a file system that is read-only: there is nobody to be kept out.
  private static final DirectoryLock NOBODY_CAN_WRITE = () -> {};

  private final Path realPath;
  private final AsynchronousFileChannel channel;

  private DiskLock(Path realPath, AsynchronousFileChannel channel) {
    this.realPath = realPath;
    this.channel = channel;
  }

  static DirectoryLock take(Path path) throws IOException {
    Path directory = directoryOf(path);
    Path realPath = directory.toRealPath().resolve(String.valueOf(path.getFileName()));
    synchronized (HELD) {
      if (HELD.contains(realPath)) {
        throw heldByThisProcess(directory, null);
      }
      if (DiskFileSystem.INSTANCE.exists(path)) {
        DiskFileSystem.regularFile(path);
      }
      AsynchronousFileChannel channel;
      try {
        channel =
            DiskFileSystem.openChannel(path, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      } catch (IOException refused) {
        if (Files.getFileStore(directory).isReadOnly()) {
          return NOBODY_CAN_WRITE;
        }
        throw refused;
      }
      lock(channel, path, directory);
      HELD.add(realPath);
      return new DiskLock(realPath, channel);
    }
  }

  private static void lock(AsynchronousFileChannel channel, Path path, Path directory)
      throws IOException {
    FileLock lock;
    try {
      lock = channel.tryLock(LOCKED_BYTE, 1, false);
    } catch (OverlappingFileLockException e) {
      // The same file by another path, such as a bind mount.
      LEFT_OPEN.add(channel);
      throw heldByThisProcess(directory, e);
    } catch (IOException e) {
      channel.close();
      throw DiskError.of("lock", path, 0, e);
    }
    if (lock == null) {
      channel.close();
      throw new DbLockedException(
          directory
              + ": another process has this store open. Close it there, or choose another directory");
    }
  }

  private static DbLockedException heldByThisProcess(Path directory, @Nullable Throwable cause) {
    return new DbLockedException(
        directory
            + ": this process has this store open already. Use that Db, which any number of threads"
            + " may share, or close it first",
        cause);
  }

  private static Path directoryOf(Path path) throws IOException {
    Path directory = path.toAbsolutePath().getParent();
    if (directory == null) {
      throw new IOException(path + ": is not a file in a directory");
    }
    return directory;
  }

  /// The channel goes first: until its lock is gone, this process must not open the file again.
  @Override
  public void close() throws IOException {
    synchronized (HELD) {
      if (channel.isOpen()) {
        try (channel) {
          // Closing is all there is to do.
        } finally {
          HELD.remove(realPath);
        }
      }
    }
  }
}
