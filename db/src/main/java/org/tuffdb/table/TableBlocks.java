package org.tuffdb.table;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.jspecify.annotations.Nullable;

/// The blocks of a table where they can be searched: in the mapped file, in the block cache, or in
/// memory of their own if they do not fit into a slot of the cache, or if all slots are pinned.
///
/// A block is *held* by a number: the cache's handle, or one of those below.
final class TableBlocks {
  /// The block is in the mapped file, where it stays.
  static final long IN_PLACE = -1;

  /// The block has memory of its own.
  static final long ALONE = -2;

  /// The block is nowhere yet: whoever wants it fills it.
  static final long ABSENT = -3;

  private static final int PAGE_BYTES = 4096;

  private final long tableNumber;
  private final Fences fences;
  private final BlockReader reader;
  private final @Nullable MemorySegment mapping;
  private final BlockCache cache;

  /// A bit for each block of a mapped table that was found sound. Two threads that set bits at the
  /// same time may lose one; then a block is checked once more.
  private final long[] sound;

  TableBlocks(
      long tableNumber, BlockReader reader, @Nullable MemorySegment mapping, BlockCache cache) {
    this.tableNumber = tableNumber;
    this.fences = reader.fences();
    this.reader = reader;
    this.mapping = mapping;
    this.cache = cache;
    sound = new long[mapping == null ? 0 : (fences.blocks() + 63) >>> 6];
  }

  Fences fences() {
    return fences;
  }

  BlockReader reader() {
    return reader;
  }

  BlockCache cache() {
    return cache;
  }

  /// Says how a block is held. A handle of the cache is pinned.
  long hold(int block) {
    if (mapping != null && !fences.isCompressed(block)) {
      if ((sound[block >>> 6] & 1L << block) == 0) {
        check(block, mapping);
      }
      return IN_PLACE;
    }
    long handle = cache.acquire(tableNumber, block);
    return handle >= 0 ? handle : ABSENT;
  }

  private void check(int block, MemorySegment mapped) {
    BlockReader.Scratch scratch = BlockReader.Scratch.take();
    reader.read(block, scratch);
    reader.requireSearchable(block, mapped, fences.offset(block), scratch.length());
    scratch.release();
    sound[block >>> 6] |= 1L << block;
  }

  /// Reads an absent block into a slot of the cache, or into `memory` if none can be had. Says how
  /// it is held.
  long fill(int block, BlockMemory memory) {
    boolean filled = false;
    try {
      long held = read(block, memory);
      filled = true;
      return held;
    } finally {
      if (!filled) {
        memory.close();
      }
    }
  }

  private long read(int block, BlockMemory memory) {
    if (!fences.isCompressed(block)
        && fences.length(block) - TableFormat.TRAILER_BYTES > cache.slotBytes()) {
      reader.read(block, memory);
      return ALONE;
    }
    BlockReader.Scratch scratch = BlockReader.Scratch.take();
    reader.read(block, scratch);
    if (mapping != null) {
      awaitPages(this); // before a slot is pinned that nobody would let go of
    }
    long handle = scratch.length() > cache.slotBytes() ? -1 : cache.reserve(tableNumber, block);
    if (handle >= 0) {
      publish(block, scratch, handle);
      return handle;
    }
    reader.place(block, scratch, memory.atLeast(scratch.length()), 0);
    scratch.release();
    return ALONE;
  }

  private void publish(int block, BlockReader.Scratch scratch, long handle) {
    boolean published = false;
    try {
      reader.place(block, scratch, cache.segment(handle), cache.offset(handle));
      cache.publish(handle);
      scratch.release();
      published = true;
    } finally {
      if (!published) {
        cache.abandon(handle);
      }
    }
  }

  /// Where a held block is: that is `memory`, if it is held there alone.
  MemorySegment segment(long held, BlockMemory memory) {
    if (held >= 0) {
      return cache.segment(held);
    }
    return mapping == null || held == ALONE ? memory.segment() : mapping;
  }

  /// Where in its segment a held block begins.
  long offset(int block, long held) {
    if (held >= 0) {
      return cache.offset(held);
    }
    return held == ALONE ? 0 : fences.offset(block);
  }

  void release(long held) {
    if (held >= 0) {
      cache.unpin(held);
    }
  }

  /// Reads from each page of a mapped block, so that one that cannot be read shows itself here.
  void touch(int block) {
    if (mapping != null) {
      touch(mapping, fences.offset(block), fences.length(block));
    }
  }

  /// The same for any range.
  static void touch(MemorySegment mapped, long from, long length) {
    long sum = 0;
    for (long at = 0; at < length; at += PAGE_BYTES) {
      sum += mapped.get(ValueLayout.JAVA_BYTE, from + at);
    }
    sum += length == 0 ? 0 : mapped.get(ValueLayout.JAVA_BYTE, from + length - 1);
    if (sum == Long.MIN_VALUE) { // never; but the compiler does not know, and so it does read
      throw new AssertionError("a few bytes have a large sum");
    }
  }

  /// Has an `InternalError` thrown here, if this thread has met a page of a mapping that cannot be
  /// read. Compiled code goes on with any value until the thread can be stopped; the return from a
  /// native method is such a place, and this is a cheap one. Its answer is of no use.
  static void awaitPages(Object any) {
    boolean _ = Thread.holdsLock(any);
  }
}
