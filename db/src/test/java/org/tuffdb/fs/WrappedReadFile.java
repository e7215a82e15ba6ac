package org.tuffdb.fs;

import java.io.IOException;
import java.lang.foreign.MemorySegment;

/// A file that hands all to another one; but for what a test has it do otherwise.
public interface WrappedReadFile extends ReadFile {
  ReadFile file();

  @Override
  default int read(long position, byte[] into, int offset, int length) throws IOException {
    return file().read(position, into, offset, length);
  }

  @Override
  default int read(long position, MemorySegment into) throws IOException {
    return file().read(position, into);
  }

  @Override
  default MemorySegment map() throws IOException {
    return file().map();
  }

  @Override
  default long sizeBytes() throws IOException {
    return file().sizeBytes();
  }

  @Override
  default void close() throws IOException {
    file().close();
  }
}
