package org.tuffdb.table;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.tuffdb.entry.Pin;

/// Native memory for a block that is neither mapped nor cached, kept for the next one. It grows
/// when more is needed, and then forgets what it held.
///
/// It is freed when it is closed, and not by the garbage collector: at some thousand large values a
/// second that would come too late. It can be used again afterwards.
final class BlockMemory implements Pin, AutoCloseable {
  /// Holds nothing, and nothing is put there.
  static final BlockMemory NONE = new BlockMemory(Arena::global);

  private static final int KEPT_BYTES_MAX = 1 << 20;
  private static final ByteBuffer NO_BYTES = ByteBuffer.allocate(0);

  private final Supplier<Arena> arenas;
  private @Nullable Arena arena;
  private MemorySegment segment = MemorySegment.NULL;
  private ByteBuffer view = NO_BYTES;

  private BlockMemory(Supplier<Arena> arenas) {
    this.arenas = arenas;
  }

  /// For this thread, which closes it: to free it costs little.
  static BlockMemory ofThread() {
    return new BlockMemory(Arena::ofConfined);
  }

  /// For one thread after the other.
  static BlockMemory ofThreads() {
    return new BlockMemory(Arena::ofShared);
  }

  MemorySegment segment() {
    return segment;
  }

  /// The same as a buffer.
  ByteBuffer view() {
    return view;
  }

  /// Has room for so many bytes.
  MemorySegment atLeast(int bytes) {
    if (segment.byteSize() < bytes) {
      long twice = Math.min(2 * segment.byteSize(), KEPT_BYTES_MAX);
      close();
      Arena made = arenas.get();
      arena = made;
      segment = made.allocate(Math.max(bytes, twice), Long.BYTES);
      view = segment.asByteBuffer();
    }
    return segment;
  }

  /// The block is not used any more. The memory is kept, unless it is large.
  void reuse() {
    if (segment.byteSize() > KEPT_BYTES_MAX) {
      close();
    }
  }

  @Override
  public void unpin(long pinned) {
    close();
  }

  @Override
  public void close() {
    if (arena != null) {
      arena.close();
      arena = null;
      segment = MemorySegment.NULL;
      view = NO_BYTES;
    }
  }
}
