package org.tuffdb.fs;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// A whole file in memory, as large as it was when it was mapped.
final class Mapping implements AutoCloseable {
  private final Path path;
  private final Arena arena;
  private final MemorySegment segment;

  private Mapping(Path path, Arena arena, MemorySegment segment) {
    this.path = path;
    this.arena = arena;
    this.segment = segment;
  }

  /// Maps the file whose key is `fileKey`. If another one has its path by now, because it was
  /// renamed, then the mapping is empty and everything goes the way of a write.
  static Mapping of(Path path, @Nullable Object fileKey) throws IOException {
    Arena arena = Arena.ofShared();
    try {
      return new Mapping(path, arena, mapUninterrupted(path, fileKey, arena));
    } catch (IOException | RuntimeException | Error e) {
      arena.close();
      throw e;
    }
  }

  /// Maps nothing.
  static Mapping none(Path path) {
    return new Mapping(path, Arena.ofShared(), MemorySegment.NULL);
  }

  /// Only a `FileChannel` can map, and an interrupt closes it: it is used for nothing else, and
  /// opened again if that happens. A mapping does not need its channel afterwards.
  private static MemorySegment mapUninterrupted(Path path, @Nullable Object fileKey, Arena arena)
      throws IOException {
    boolean interrupted = false;
    try {
      while (true) {
        try {
          return map(path, fileKey, arena);
        } catch (ClosedByInterruptException e) {
          interrupted = Thread.interrupted();
        }
      }
    } catch (IOException e) {
      throw DiskError.of("map", path, 0, e);
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private static MemorySegment map(Path path, @Nullable Object fileKey, Arena arena)
      throws IOException {
    if (!DiskFileSystem.INSTANCE.exists(path)
        || !Objects.equals(DiskFileSystem.regularFile(path).fileKey(), fileKey)) {
      return MemorySegment.NULL;
    }
    try (FileChannel channel =
        FileChannel.open(
            path, StandardOpenOption.READ, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS)) {
      return channel.map(FileChannel.MapMode.READ_WRITE, 0, channel.size(), arena);
    }
  }

  long sizeBytes() {
    return segment.byteSize();
  }

  /// Copies into the mapped range, which the caller has checked.
  void store(long position, byte[] bytes, int offset, int length) throws IOException {
    try {
      MemorySegment.copy(bytes, offset, segment, ValueLayout.JAVA_BYTE, position, length);
      // Compiled code learns of the error below at its next safepoint, which may lie far behind
      // this
      // block. The return from a native method is one: this is the cheapest, its answer is of no
      // use.
      boolean _ = Thread.holdsLock(segment);
    } catch (InternalError e) {
      // The kernel found no disk block below the page, or the file was cut.
      throw new IOException("no disk space below the mapping, or a read error", e);
    } catch (IllegalStateException e) {
      throw new IOException(path + ": is closed", e);
    }
  }

  @Override
  public void close() {
    arena.close();
  }
}
