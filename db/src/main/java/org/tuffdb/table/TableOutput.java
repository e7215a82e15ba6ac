package org.tuffdb.table;

import java.io.Closeable;
import java.io.IOException;
import java.util.Arrays;
import org.tuffdb.fs.WriteFile;

/// The bytes of a file that is written from its beginning to its end, in large writes whose places
/// are multiples of their size: the operating system then keeps the file in large pages.
final class TableOutput implements Closeable {
  private static final int WRITE_BYTES = 4 << 20;

  /// So often is the file written back, so that the sync finds little to do.
  private static final long WRITE_BACK_BYTES = 16 << 20;

  private final WriteFile file;
  private final WriteMemory memory;
  private byte[] buffer;
  private long written;
  private int gathered;

  TableOutput(WriteFile file, WriteMemory memory) {
    this.file = file;
    this.memory = memory;
    this.buffer = memory.output;
  }

  long position() {
    return written + gathered;
  }

  void write(byte[] bytes, int length) throws IOException {
    int done = 0;
    while (done < length) {
      int count = Math.min(length - done, buffer.length - gathered);
      System.arraycopy(bytes, done, buffer, gathered, count);
      gathered += count;
      done += count;
      if (gathered == WRITE_BYTES) {
        flush();
      } else if (gathered == buffer.length) {
        buffer = Arrays.copyOf(buffer, 4 * gathered);
        memory.output = buffer;
      }
    }
  }

  private void flush() throws IOException {
    file.write(written, buffer, 0, gathered);
    written += gathered;
    gathered = 0;
    if (written % WRITE_BACK_BYTES == 0) {
      file.writeBack();
    }
  }

  void sync() throws IOException {
    if (gathered > 0) {
      file.write(written, buffer, 0, gathered);
      written += gathered;
      gathered = 0;
    }
    file.sync();
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
