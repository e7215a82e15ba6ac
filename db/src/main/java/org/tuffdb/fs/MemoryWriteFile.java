package org.tuffdb.fs;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Objects;
import java.util.function.BooleanSupplier;

/// A file of a [MemoryFileSystem] open for writing.
final class MemoryWriteFile extends MemoryHandle implements WriteFile, SyncFailure {
  private final MemoryFile file;

  MemoryWriteFile(MemoryFileSystem fileSystem, Path path, MemoryFile file) {
    super(fileSystem, path, "write");
    this.file = file;
  }

  @Override
  public void write(long position, byte[] bytes, int offset, int length) throws IOException {
    announce(FileCall.Kind.WRITE, position, length);
    change(position, bytes, offset, length);
  }

  @Override
  public void store(long position, byte[] bytes, int offset, int length) throws IOException {
    announce(FileCall.Kind.STORE, position, length);
    change(position, bytes, offset, length);
  }

  private void change(long position, byte[] bytes, int offset, int length) throws IOException {
    Objects.checkFromIndexSize(offset, length, bytes.length);
    if (position < 0) {
      throw new IOException(path + ": negative position " + position);
    }
    synchronized (fileSystem) {
      checkOpen();
      file.write(position, bytes, offset, length);
    }
  }

  /// Nothing goes to the disk by it: it promises nothing.
  @Override
  public void writeBack() throws IOException {
    announce(FileCall.Kind.WRITE_BACK);
    synchronized (fileSystem) {
      checkOpen();
    }
  }

  @Override
  public void sync() throws IOException {
    announce(FileCall.Kind.SYNC);
    synchronized (fileSystem) {
      checkOpen();
      file.sync();
    }
  }

  @Override
  public void failSync(BooleanSupplier goes) {
    synchronized (fileSystem) {
      file.failSync(goes);
    }
  }

  @Override
  public long sizeBytes() throws IOException {
    announce(FileCall.Kind.SIZE);
    synchronized (fileSystem) {
      checkOpen();
      return file.sizeBytes();
    }
  }
}
