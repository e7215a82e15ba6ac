package org.tuffdb.fs;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Objects;

/// A file of a [MemoryFileSystem] open for reading.
final class MemoryReadFile extends MemoryHandle implements ReadFile {
  private final MemoryFile file;

  MemoryReadFile(MemoryFileSystem fileSystem, Path path, MemoryFile file) {
    super(fileSystem, path, "read");
    this.file = file;
  }

  @Override
  public int read(long position, byte[] into, int offset, int length) throws IOException {
    announce(FileCall.Kind.READ, position, length);
    Objects.checkFromIndexSize(offset, length, into.length);
    if (position < 0) {
      throw new IOException(path + ": negative position " + position);
    }
    synchronized (fileSystem) {
      checkOpen();
      return file.read(position, into, offset, length);
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
