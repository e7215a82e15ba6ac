package org.tuffdb.fs;

import java.io.Closeable;
import java.io.IOException;

/// A file open for reading, by any number of threads.
public interface ReadFile extends Closeable {
  /// Reads up to `length` bytes from `position` on, fewer only at the end of the file. Returns how
  /// many.
  int read(long position, byte[] into, int offset, int length) throws IOException;

  /// The size of the file in bytes.
  long sizeBytes() throws IOException;
}
