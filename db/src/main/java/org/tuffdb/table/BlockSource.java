package org.tuffdb.table;

import java.lang.foreign.MemorySegment;

/// Where a cursor gets the blocks of a table from, one at a time.
abstract class BlockSource implements AutoCloseable {
  private MemorySegment segment = MemorySegment.NULL;
  private long offset;

  /// Goes to a block, which stays in place until the next call.
  abstract void load(int block);

  /// Whether the block stays in place for as long as the table is open.
  abstract boolean staysInPlace();

  /// Notes where the block is.
  final void set(MemorySegment blockSegment, long blockOffset) {
    segment = blockSegment;
    offset = blockOffset;
  }

  final MemorySegment segment() {
    return segment;
  }

  /// Where in the segment the block begins.
  final long offset() {
    return offset;
  }

  @Override
  public abstract void close();
}
