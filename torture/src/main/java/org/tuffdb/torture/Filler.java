package org.tuffdb.torture;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;

/// A file that takes up all room of a file system but so many bytes.
final class Filler implements AutoCloseable {
  private static final int[] CHUNKS = {64 << 10, 4 << 10, 1 << 10};

  private final RandomAccessFile file;
  private final long fullBytes;

  private Filler(RandomAccessFile file) throws IOException {
    this.file = file;
    grow(Long.MAX_VALUE);
    this.fullBytes = file.length();
  }

  /// @param folder a folder of the file system, which is empty but for what stays
  static Filler create(Path folder) throws IOException {
    return new Filler(new RandomAccessFile(folder.resolve("filler").toFile(), "rw"));
  }

  /// How much there is to be left free.
  long fullBytes() {
    return fullBytes;
  }

  /// Leaves `bytes` free for other files.
  void leave(long bytes) throws IOException {
    long wanted = Math.max(0, fullBytes - bytes);
    if (file.length() > wanted) {
      file.setLength(wanted);
    } else {
      grow(wanted);
    }
    file.getFD().sync();
  }

  /// Grows up to `wanted` bytes, or until there is no more room.
  private void grow(long wanted) throws IOException {
    for (int chunk : CHUNKS) {
      byte[] zeros = new byte[chunk];
      file.seek(file.length());
      try {
        while (file.length() < wanted) {
          file.write(zeros, 0, (int) Math.min(chunk, wanted - file.length()));
        }
      } catch (IOException full) {
        // A smaller chunk may still fit.
      }
    }
    file.getFD().sync();
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
