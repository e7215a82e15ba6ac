package org.tuffdb.fs;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.channels.AsynchronousFileChannel;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// A file that is written through one descriptor and synced through another, since no single class
/// of the JDK does both on the caller's thread without minding interrupts. Both are opened
/// together: a descriptor hears of a failed write-back only if it was open when that happened.
final class DiskWriteFile implements WriteFile {
  private static final long UNKNOWN = -1;

  private final Path path;
  private final @Nullable Object fileKey;
  private final RandomAccessFile writer;
  private final AsynchronousFileChannel syncer;

  /// Where the next byte goes without a seek. The writing thread's own.
  private long filePosition;

  /// Made by the first store. The writing thread reads it; it is set under this object's lock.
  private @Nullable Mapping mapping;

  private boolean closed;

  private DiskWriteFile(
      Path path,
      @Nullable Object fileKey,
      RandomAccessFile writer,
      AsynchronousFileChannel syncer) {
    this.path = path;
    this.fileKey = fileKey;
    this.writer = writer;
    this.syncer = syncer;
  }

  /// Takes over `syncer`, which is open on the file that `expected` was read from.
  static DiskWriteFile open(Path path, AsynchronousFileChannel syncer, BasicFileAttributes expected)
      throws IOException {
    try {
      RandomAccessFile writer = openSame(path, expected);
      return new DiskWriteFile(path, expected.fileKey(), writer, syncer);
    } catch (IOException e) {
      syncer.close();
      throw e;
    }
  }

  /// Opens `path` if it is still the file that `expected` was read from.
  private static RandomAccessFile openSame(Path path, BasicFileAttributes expected)
      throws IOException {
    RandomAccessFile file = null;
    try {
      file = new RandomAccessFile(path.toFile(), "rw");
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
  public void write(long position, byte[] bytes, int offset, int length) throws IOException {
    Objects.checkFromIndexSize(offset, length, bytes.length);
    if (position < 0) {
      throw new IOException(path + ": negative position " + position);
    }
    try {
      if (position != filePosition) {
        filePosition = UNKNOWN;
        writer.seek(position);
      }
      filePosition = UNKNOWN;
      // Goes on after a short write by itself.
      writer.write(bytes, offset, length);
      filePosition = position + length;
    } catch (IOException e) {
      throw DiskError.of("write", path, length, e);
    }
  }

  @Override
  public void store(long position, byte[] bytes, int offset, int length) throws IOException {
    Objects.checkFromIndexSize(offset, length, bytes.length);
    Mapping target = mapping == null ? map() : mapping;
    if (position < 0 || position > target.sizeBytes() - length) {
      write(position, bytes, offset, length);
      return;
    }
    try {
      target.store(position, bytes, offset, length);
    } catch (IOException e) {
      throw DiskError.of("store", path, length, e);
    }
  }

  private synchronized Mapping map() throws IOException {
    if (closed) {
      throw new IOException(path + ": is closed");
    }
    Mapping made = mapIfPossible();
    mapping = made;
    return made;
  }

  /// There may be too many mappings or files open, or too little room for addresses. That is no
  /// reason to fail: everything goes the way of a write then.
  private Mapping mapIfPossible() {
    try {
      return Mapping.of(path, fileKey);
    } catch (IOException | OutOfMemoryError refused) {
      return Mapping.none(path);
    }
  }

  /// Through a descriptor of its own: the kernel tells each one once of a write-back that has
  /// failed, and the one that [#sync()] uses must hear of it too. A file that was deleted or
  /// renamed meanwhile needs none.
  @Override
  public void writeBack() throws IOException {
    StackRoom.require();
    if (DiskFileSystem.INSTANCE.exists(path)
        && Objects.equals(DiskFileSystem.regularFile(path).fileKey(), fileKey)) {
      try (AsynchronousFileChannel own =
          AsynchronousFileChannel.open(path, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS)) {
        own.force(false);
      }
    }
  }

  /// `fdatasync` leaves out only what is not needed to read the data again, such as the time of the
  /// last change; a changed size is flushed. It also flushes what came through the mapping.
  @Override
  public void sync() throws IOException {
    StackRoom.require();
    try {
      syncer.force(false);
    } catch (IOException e) {
      throw DiskError.ofSync(path, e);
    }
  }

  @Override
  public long sizeBytes() throws IOException {
    try {
      return writer.length();
    } catch (IOException e) {
      throw DiskError.of("read the size of", path, 0, e);
    }
  }

  @Override
  public synchronized void close() throws IOException {
    if (closed) {
      return;
    }
    closed = true;
    try (syncer;
        writer) {
      if (mapping != null) {
        mapping.close();
      }
    }
  }
}
