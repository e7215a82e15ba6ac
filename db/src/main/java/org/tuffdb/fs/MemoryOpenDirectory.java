package org.tuffdb.fs;

import java.io.IOException;
import java.nio.file.Path;
import java.util.function.BooleanSupplier;

/// A directory of a [MemoryFileSystem] held open.
final class MemoryOpenDirectory extends MemoryHandle implements Directory, SyncFailure {
  private final MemoryDirectory directory;

  MemoryOpenDirectory(MemoryFileSystem fileSystem, Path path, MemoryDirectory directory) {
    super(fileSystem, path, "directory");
    this.directory = directory;
  }

  @Override
  public Path path() {
    return path;
  }

  @Override
  public void sync() throws IOException {
    announce(FileCall.Kind.SYNC_DIRECTORY);
    synchronized (fileSystem) {
      checkOpen();
      directory.sync();
    }
  }

  /// Nobody moves directories here.
  @Override
  public void requireInPlace() {}

  @Override
  public void failSync(BooleanSupplier goes) {
    synchronized (fileSystem) {
      directory.failSync(goes);
    }
  }
}
