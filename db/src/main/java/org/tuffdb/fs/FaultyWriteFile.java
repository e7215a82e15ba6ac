package org.tuffdb.fs;

import java.io.IOException;
import java.nio.file.Path;

/// A file of a [FaultyFileSystem] open for writing.
record FaultyWriteFile(FaultyFileSystem fileSystem, Path path, WriteFile inner)
    implements WriteFile, SyncFailure {
  @Override
  public void write(long position, byte[] bytes, int offset, int length) throws IOException {
    var planned = fileSystem.before(FileCall.Kind.WRITE, path, null, position, length);
    if (planned.fault() == Fault.SHORT_WRITE) {
      inner.write(position, bytes, offset, length / 2);
    }
    FaultyFileSystem.run(planned, () -> inner.write(position, bytes, offset, length));
  }

  @Override
  public void store(long position, byte[] bytes, int offset, int length) throws IOException {
    var planned = fileSystem.before(FileCall.Kind.STORE, path, null, position, length);
    if (planned.fault() == Fault.SHORT_WRITE) {
      inner.store(position, bytes, offset, length / 2);
    }
    FaultyFileSystem.run(planned, () -> inner.store(position, bytes, offset, length));
  }

  @Override
  public void writeBack() throws IOException {
    inner.writeBack();
  }

  @Override
  public void sync() throws IOException {
    fileSystem.sync(FileCall.Kind.SYNC, path, inner, inner::sync);
  }

  @Override
  public void failSync() {
    if (inner instanceof SyncFailure disk) {
      disk.failSync();
    }
  }

  @Override
  public long sizeBytes() throws IOException {
    return FaultyFileSystem.call(fileSystem.before(FileCall.Kind.SIZE, path), inner::sizeBytes);
  }

  @Override
  public void close() throws IOException {
    fileSystem.close(path, inner);
  }
}
