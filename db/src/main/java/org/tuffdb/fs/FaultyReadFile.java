package org.tuffdb.fs;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;

/// A file of a [FaultyFileSystem] open for reading.
record FaultyReadFile(FaultyFileSystem fileSystem, Path path, ReadFile inner) implements ReadFile {
  @Override
  public int read(long position, byte[] into, int offset, int length) throws IOException {
    var planned = fileSystem.before(FileCall.Kind.READ, path, null, position, length);
    return FaultyFileSystem.call(planned, () -> inner.read(position, into, offset, length));
  }

  @Override
  public int read(long position, MemorySegment into) throws IOException {
    int length = Math.toIntExact(into.byteSize());
    var planned = fileSystem.before(FileCall.Kind.READ, path, null, position, length);
    return FaultyFileSystem.call(planned, () -> inner.read(position, into));
  }

  @Override
  public MemorySegment map() throws IOException {
    return FaultyFileSystem.call(fileSystem.before(FileCall.Kind.MAP, path), inner::map);
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
