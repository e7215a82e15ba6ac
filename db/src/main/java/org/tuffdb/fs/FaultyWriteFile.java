package org.tuffdb.fs;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;

/// A file of a [FaultyFileSystem] open for writing.
final class FaultyWriteFile implements WriteFile, SyncFailure {
  private final FaultyFileSystem fileSystem;
  private final Path path;
  private final WriteFile inner;

  /// Whether the next sync is to say that something was lost before it.
  private final AtomicBoolean hasLost = new AtomicBoolean();

  FaultyWriteFile(FaultyFileSystem fileSystem, Path path, WriteFile inner) {
    this.fileSystem = fileSystem;
    this.path = path;
    this.inner = inner;
  }

  @Override
  public void write(long position, byte[] bytes, int offset, int length) throws IOException {
    var planned = fileSystem.before(FileCall.Kind.WRITE, path, null, position, length);
    if (planned.fault() == Fault.SHORT_WRITE) {
      inner.write(position, bytes, offset, part(planned.call()));
    }
    FaultyFileSystem.run(planned, () -> inner.write(position, bytes, offset, length));
  }

  @Override
  public void store(long position, byte[] bytes, int offset, int length) throws IOException {
    var planned = fileSystem.before(FileCall.Kind.STORE, path, null, position, length);
    if (planned.fault() == Fault.SHORT_WRITE) {
      inner.store(position, bytes, offset, part(planned.call()));
    }
    FaultyFileSystem.run(planned, () -> inner.store(position, bytes, offset, length));
  }

  /// How much of a short write gets into the file: half of it, or all but a byte, which may be one
  /// that nobody misses.
  private static int part(FileCall call) {
    return call.index() % 2 == 0 ? call.length() / 2 : Math.max(0, call.length() - 1);
  }

  @Override
  public void writeBack() throws IOException {
    var planned = fileSystem.before(FileCall.Kind.WRITE_BACK, path);
    if (planned.fault() != null) {
      failSync(FaultyFileSystem.reached(planned.call()));
      hasLost.set(true);
    }
    FaultyFileSystem.run(planned, inner::writeBack);
  }

  @Override
  public void sync() throws IOException {
    if (hasLost.getAndSet(false)) {
      failSync(() -> false);
      throw fileSystem.failedSync(path);
    }
    fileSystem.sync(FileCall.Kind.SYNC, path, inner, inner::sync);
  }

  @Override
  public void failSync(BooleanSupplier goes) {
    if (inner instanceof SyncFailure disk) {
      disk.failSync(goes);
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
