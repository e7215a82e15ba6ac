package org.tuffdb.fs;

import java.io.IOException;
import java.nio.file.Path;
import java.util.function.BooleanSupplier;

/// A directory of a [FaultyFileSystem].
record FaultyDirectory(FaultyFileSystem fileSystem, Directory inner)
    implements Directory, SyncFailure {
  @Override
  public Path path() {
    return inner.path();
  }

  @Override
  public void sync() throws IOException {
    fileSystem.sync(FileCall.Kind.SYNC_DIRECTORY, path(), inner, inner::sync);
  }

  @Override
  public void requireInPlace() throws IOException {
    inner.requireInPlace();
  }

  @Override
  public void failSync(BooleanSupplier goes) {
    if (inner instanceof SyncFailure disk) {
      disk.failSync(goes);
    }
  }

  @Override
  public void close() throws IOException {
    fileSystem.close(path(), inner);
  }
}
