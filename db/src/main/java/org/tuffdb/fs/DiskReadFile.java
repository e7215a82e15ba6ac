package org.tuffdb.fs;

import java.io.Closeable;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// A file that is only read. Only a `FileChannel` reads at a position without a lock, and maps; but
/// a thread that is interrupted inside it closes it for everybody. So a reader puts its interrupt
/// status aside, and whoever finds the channel closed all the same opens it again and reads once
/// more. Nothing is lost by that, as it would be for a file that is written: no error of a sync is
/// waiting for this descriptor.
final class DiskReadFile implements ReadFile {
  /// The JDK reads into the heap by way of native memory as large as what is asked for, and keeps
  /// that for as long as the thread lives.
  private static final int HEAP_READ_BYTES_MAX = 64 << 10;

  private final Path path;
  private final @Nullable Object fileKey;
  private volatile FileChannel channel;

  /// What was mapped lives as long as this. Guarded by this object.
  private @Nullable Arena mappings;

  private boolean closed;

  private DiskReadFile(Path path, @Nullable Object fileKey, FileChannel channel) {
    this.path = path;
    this.fileKey = fileKey;
    this.channel = channel;
  }

  static DiskReadFile open(Path path, BasicFileAttributes expected) throws IOException {
    return new DiskReadFile(path, expected.fileKey(), openChannel(path));
  }

  private static FileChannel openChannel(Path path) throws IOException {
    try {
      return FileChannel.open(path, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS);
    } catch (IOException e) {
      throw DiskError.of("open", path, 0, e);
    }
  }

  private interface Reading<T> {
    T from(FileChannel channel) throws IOException;
  }

  /// Does `reading`, as often as interrupts close the channel below it.
  private <T> T uninterrupted(String action, Reading<T> reading) throws IOException {
    boolean interrupted = false;
    try {
      while (true) {
        interrupted |= Thread.interrupted();
        FileChannel current = channel;
        try {
          return reading.from(current);
        } catch (ClosedChannelException e) {
          interrupted |= Thread.interrupted();
          reopen(current);
        }
      }
    } catch (IOException e) {
      throw DiskError.of(action, path, 0, e);
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private synchronized void reopen(FileChannel broken) throws IOException {
    if (closed) {
      throw new IOException("Closed");
    }
    if (!channel.equals(broken)) {
      return;
    }
    if (!Objects.equals(DiskFileSystem.regularFile(path).fileKey(), fileKey)) {
      throw new IOException("it was replaced while it was open");
    }
    channel = openChannel(path);
  }

  @Override
  public int read(long position, byte[] into, int offset, int length) throws IOException {
    int done = 0;
    boolean more = true;
    while (more && done < length) {
      int wanted = Math.min(length - done, HEAP_READ_BYTES_MAX);
      int count = read(position + done, ByteBuffer.wrap(into, offset + done, wanted));
      done += count;
      more = count == wanted;
    }
    return done;
  }

  @Override
  public int read(long position, MemorySegment into) throws IOException {
    return read(position, into.asByteBuffer());
  }

  private int read(long position, ByteBuffer into) throws IOException {
    int begin = into.position();
    return uninterrupted(
        "read",
        from -> {
          int count = 0;
          while (into.hasRemaining() && count >= 0) {
            count = from.read(into, position + into.position() - begin);
          }
          return into.position() - begin;
        });
  }

  @Override
  public MemorySegment map() throws IOException {
    return uninterrupted("map", this::map);
  }

  private synchronized MemorySegment map(FileChannel from) throws IOException {
    if (closed) {
      throw new ClosedChannelException();
    }
    if (mappings == null) {
      mappings = Arena.ofShared();
    }
    return from.map(FileChannel.MapMode.READ_ONLY, 0, from.size(), mappings);
  }

  @Override
  public long sizeBytes() throws IOException {
    return uninterrupted("read the size of", FileChannel::size);
  }

  @Override
  public synchronized void close() throws IOException {
    if (closed) {
      return;
    }
    closed = true;
    try (Closeable _ = channel) {
      if (mappings != null) {
        mappings.close();
      }
    }
  }
}
