package org.tuffdb.fs;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// A file of a [MemoryFileSystem] open for reading.
final class MemoryReadFile extends MemoryHandle implements ReadFile {
  private final MemoryFile file;

  /// What was mapped lives as long as this.
  private @Nullable Arena mappings;

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
  public int read(long position, MemorySegment into) throws IOException {
    byte[] bytes = new byte[Math.toIntExact(into.byteSize())];
    int count = read(position, bytes, 0, bytes.length);
    MemorySegment.copy(bytes, 0, into, ValueLayout.JAVA_BYTE, 0, count);
    return count;
  }

  /// A copy: what is written to the file afterwards does not show.
  @Override
  public MemorySegment map() throws IOException {
    announce(FileCall.Kind.MAP);
    synchronized (fileSystem) {
      checkOpen();
      byte[] bytes = new byte[Math.toIntExact(file.sizeBytes())];
      file.read(0, bytes, 0, bytes.length);
      if (mappings == null) {
        mappings = Arena.ofShared();
      }
      MemorySegment copy = mappings.allocate(bytes.length);
      MemorySegment.copy(bytes, 0, copy, ValueLayout.JAVA_BYTE, 0, bytes.length);
      return copy.asReadOnly();
    }
  }

  @Override
  void release() {
    if (mappings != null) {
      mappings.close();
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
