package org.tuffdb.fs;

import java.io.Closeable;
import java.io.IOException;
import java.lang.foreign.MemorySegment;

/// A file open for reading, by any number of threads at once.
public interface ReadFile extends Closeable {
  /// Reads up to `length` bytes from `position` on, fewer only at the end of the file. Returns how
  /// many.
  int read(long position, byte[] into, int offset, int length) throws IOException;

  /// The same into native memory, as much as it holds.
  int read(long position, MemorySegment into) throws IOException;

  /// The whole file in memory, as large as it is now, to be read and not written. It may be used
  /// until this file is closed, and afterwards throws an `IllegalStateException`. Where the disk
  /// cannot be read, or the file was cut, using it throws an `InternalError`: compiled code does so
  /// at its next safepoint.
  MemorySegment map() throws IOException;

  /// The size of the file in bytes.
  long sizeBytes() throws IOException;
}
