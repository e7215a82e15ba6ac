package org.tuffdb.fs;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Objects;

/// A file that is read when a store is opened. Its readers take turns: a position belongs to the
/// descriptor, and the JDK's positional reads can be closed by an interrupt.
final class DiskReadFile implements ReadFile {
  private final Path path;
  private final RandomAccessFile file;

  private DiskReadFile(Path path, RandomAccessFile file) {
    this.path = path;
    this.file = file;
  }

  static DiskReadFile open(Path path, BasicFileAttributes expected) throws IOException {
    return new DiskReadFile(path, openSame(path, "r", expected));
  }

  /// Opens `path` if it is still the file that `expected` was read from.
  static RandomAccessFile openSame(Path path, String mode, BasicFileAttributes expected)
      throws IOException {
    RandomAccessFile file = null;
    try {
      file = new RandomAccessFile(path.toFile(), mode);
      if (!Objects.equals(DiskFileSystem.regularFile(path).fileKey(), expected.fileKey())) {
        throw new IOException("it was replaced while it was opened");
      }
      return file;
    } catch (IOException e) {
      if (file != null) {
        file.close();
      }
      throw DiskError.of("open", path, 0, e);
    }
  }

  @Override
  public int read(long position, byte[] into, int offset, int length) throws IOException {
    Objects.checkFromIndexSize(offset, length, into.length);
    synchronized (file) {
      try {
        file.seek(position);
        int done = 0;
        while (done < length) {
          int count = file.read(into, offset + done, length - done);
          if (count < 0) {
            break;
          }
          done += count;
        }
        return done;
      } catch (IOException e) {
        throw DiskError.of("read", path, 0, e);
      }
    }
  }

  @Override
  public long sizeBytes() throws IOException {
    try {
      return file.length();
    } catch (IOException e) {
      throw DiskError.of("read the size of", path, 0, e);
    }
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
