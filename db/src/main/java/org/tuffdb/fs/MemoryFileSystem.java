package org.tuffdb.fs;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.tuffdb.error.DbLockedException;

/// A file system in memory that can lose power.
///
/// # What a power cut does
///
/// What was synced survives. Of the rest, each piece fares for itself:
///
/// - an unsynced 4 KiB page of a file is kept, lost, or torn between its 512-byte sectors;
/// - a file that grew has its old size, its new one, or ends with a page between the two; where the
///   size was kept and a page was not, there are zeros;
/// - a creation, rename or deletion is kept or lost until its directory is synced, whatever
///   happened to the file's content.
///
/// [#writeBack(long)] brings some of it to the disk without a sync, as a kernel does now and then,
/// so that what is written over later may survive, too.
///
/// A sync that was made to fail (by `FaultyFileSystem`) leaves what it was to write lost for good,
/// or a part of that, although a reader sees it until the power cut and a later sync says that all
/// is well. Linux does the same.
///
/// [#crash(long)] and [#restart()] return another file system and leave this one as it is, so that
/// many outcomes can be had from one moment; pages are shared. Open files belong to the old one,
/// and its locks are gone in the new.
///
/// All paths are taken as absolute. At first there is the root directory alone. Renames stay within
/// one directory.
public final class MemoryFileSystem implements FileSystem {
  /// Guarded by this object, with all that it leads to.
  private final MemoryDirectory root;

  private final Set<MemoryHandle> handles = Collections.newSetFromMap(new IdentityHashMap<>());
  private final AtomicLong calls = new AtomicLong();
  private volatile @Nullable FileCallListener listener;

  /// An empty file system.
  public MemoryFileSystem() {
    this(new MemoryDirectory());
  }

  private MemoryFileSystem(MemoryDirectory root) {
    this.root = root;
  }

  /// Tells `newListener` of each call from now on, instead of any other; null for nobody.
  public void listen(@Nullable FileCallListener newListener) {
    listener = newListener;
  }

  /// What a power cut now could leave behind: one possibility for each seed.
  public MemoryFileSystem crash(long seed) {
    return crash(CrashChoice.random(seed));
  }

  /// What a power cut now leaves behind if `choice` has its way.
  public synchronized MemoryFileSystem crash(CrashChoice choice) {
    return new MemoryFileSystem(root.afterCrash(choice, Path.of("/")));
  }

  /// Writes some of what waits for a sync to the disk, as follows from `seed`.
  public synchronized void writeBack(long seed) {
    writeBack(root, new SplittableRandom(seed)::nextBoolean);
  }

  private static void writeBack(MemoryDirectory directory, BooleanSupplier goes) {
    directory.writeBack(goes);
    for (MemoryNode node : directory.nodes()) {
      if (node instanceof MemoryDirectory inner) {
        writeBack(inner, goes);
      } else {
        node.writeBack(goes);
      }
    }
  }

  /// Calls `action` with all that a power cut now could leave behind, or the first `limit` of them.
  /// Returns how many there were.
  public long forEachCrash(long limit, Consumer<MemoryFileSystem> action) {
    CrashEnumeration choice = new CrashEnumeration();
    long count = 0;
    do {
      action.accept(crash(choice));
      count++;
    } while (count < limit && choice.advance());
    return count;
  }

  /// What a new process finds after this one was killed: all that was written, synced or not.
  public synchronized MemoryFileSystem restart() {
    return new MemoryFileSystem(root.afterRestart(MemoryDirectory.noCopies()));
  }

  /// What is open, files, directories and locks, one line each.
  public synchronized List<String> openFiles() {
    List<String> open = new ArrayList<>();
    handles.forEach(handle -> open.add(String.valueOf(handle.openedAt.getMessage())));
    Collections.sort(open);
    return open;
  }

  /// Throws an `AssertionError` that shows where each file was opened, if one is open.
  public synchronized void assertNothingOpen() {
    if (!handles.isEmpty()) {
      AssertionError error = new AssertionError("still open: " + openFiles());
      handles.forEach(handle -> error.addSuppressed(handle.openedAt));
      throw error;
    }
  }

  @Override
  public void createDirectories(Path directory) throws IOException {
    Path path = absolute(directory);
    Path parent = path.getParent();
    if (parent == null) {
      return;
    }
    if (find(path) == null) {
      createDirectories(parent);
      announce(FileCall.Kind.CREATE_DIRECTORY, path);
      createDirectory(path, parent);
    }
    directory(path);
    announce(FileCall.Kind.SYNC_DIRECTORY, parent);
    synchronized (this) {
      directory(parent).sync();
    }
  }

  private synchronized void createDirectory(Path path, Path parent) throws IOException {
    MemoryDirectory holder = directory(parent);
    if (holder.get(name(path)) == null) {
      holder.put(name(path), new MemoryDirectory());
    }
  }

  @Override
  public Directory openDirectory(Path directory) throws IOException {
    Path path = absolute(directory);
    announce(FileCall.Kind.OPEN_DIRECTORY, path);
    synchronized (this) {
      return new MemoryOpenDirectory(this, directory, directory(path));
    }
  }

  @Override
  public List<String> list(Path directory) throws IOException {
    Path path = absolute(directory);
    announce(FileCall.Kind.LIST, path);
    synchronized (this) {
      return directory(path).names();
    }
  }

  @Override
  public boolean exists(Path path) throws IOException {
    announce(FileCall.Kind.EXISTS, path);
    return find(absolute(path)) != null;
  }

  @Override
  public WriteFile create(Path path) throws IOException {
    announce(FileCall.Kind.CREATE, path);
    synchronized (this) {
      return new MemoryWriteFile(this, path, createFile(absolute(path)));
    }
  }

  private MemoryFile createFile(Path path) throws IOException {
    MemoryDirectory holder = holderOf(path);
    if (holder.get(name(path)) != null) {
      throw new FileAlreadyExistsException(path.toString());
    }
    MemoryFile file = new MemoryFile();
    holder.put(name(path), file);
    return file;
  }

  @Override
  public WriteFile openForOverwrite(Path path) throws IOException {
    announce(FileCall.Kind.OPEN_FOR_OVERWRITE, path);
    synchronized (this) {
      return new MemoryWriteFile(this, path, file(absolute(path)));
    }
  }

  @Override
  public ReadFile openForRead(Path path) throws IOException {
    announce(FileCall.Kind.OPEN_FOR_READ, path);
    synchronized (this) {
      return new MemoryReadFile(this, path, file(absolute(path)));
    }
  }

  @Override
  public void rename(Path from, Path to) throws IOException {
    announce(FileCall.Kind.RENAME, from, to, 0, 0);
    Path source = absolute(from);
    Path target = absolute(to);
    synchronized (this) {
      MemoryFile file = file(source);
      MemoryDirectory holder = holderOf(source);
      if (!Objects.equals(source.getParent(), target.getParent())) {
        throw new IOException(from + ": cannot be renamed into another directory here: " + to);
      }
      if (holder.get(name(target)) instanceof MemoryDirectory) {
        throw new IOException(to + ": is a directory");
      }
      holder.put(name(target), file);
    }
  }

  @Override
  public void delete(Path path) throws IOException {
    announce(FileCall.Kind.DELETE, path);
    Path absolute = absolute(path);
    synchronized (this) {
      holderOf(absolute).remove(file(absolute));
    }
  }

  @Override
  public DirectoryLock lock(Path path) throws IOException {
    announce(FileCall.Kind.LOCK, path);
    Path absolute = absolute(path);
    synchronized (this) {
      for (MemoryHandle handle : handles) {
        if (handle instanceof MemoryLock && handle.path.equals(absolute)) {
          throw new DbLockedException(absolute.getParent() + ": this store is open already");
        }
      }
      if (find(absolute) == null) {
        createFile(absolute);
      }
      file(absolute);
      return new MemoryLock(this, absolute);
    }
  }

  private synchronized @Nullable MemoryNode find(Path path) {
    MemoryNode node = root;
    for (Path name : path) {
      if (!(node instanceof MemoryDirectory holder)) {
        return null;
      }
      node = holder.get(name.toString());
    }
    return node;
  }

  private MemoryFile file(Path path) throws IOException {
    return switch (find(path)) {
      case MemoryFile file -> file;
      case MemoryDirectory directory -> throw new IOException(path + ": is not a regular file");
      case null -> throw new NoSuchFileException(path.toString());
    };
  }

  private MemoryDirectory directory(Path path) throws IOException {
    return switch (find(path)) {
      case MemoryDirectory directory -> directory;
      case MemoryFile file -> throw new IOException(path + ": is not a directory");
      case null -> throw new NoSuchFileException(path.toString());
    };
  }

  private MemoryDirectory holderOf(Path path) throws IOException {
    Path parent = path.getParent();
    if (parent == null) {
      throw new IOException(path + ": is the root directory");
    }
    return directory(parent);
  }

  private static Path absolute(Path path) {
    return path.toAbsolutePath().normalize();
  }

  private static String name(Path path) {
    return String.valueOf(path.getFileName());
  }

  /// Called with this object locked.
  void opened(MemoryHandle handle) {
    handles.add(handle);
  }

  /// Called with this object locked.
  void closed(MemoryHandle handle) {
    handles.remove(handle);
  }

  private void announce(FileCall.Kind kind, Path path) {
    announce(kind, path, null, 0, 0);
  }

  void announce(FileCall.Kind kind, Path path, @Nullable Path target, long position, int length) {
    long index = calls.getAndIncrement();
    FileCallListener told = listener;
    if (told != null) {
      told.beforeCall(new FileCall(index, kind, path, target, position, length));
    }
  }
}
