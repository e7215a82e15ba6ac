package org.tuffdb.table;

import java.lang.foreign.MemorySegment;

/// The blocks of a table, read one behind the other in large reads and used in memory of their own,
/// whichever way the table is read otherwise: the block cache is left alone, and each checksum is
/// computed anew.
final class SweptBlocks extends BlockSource {
  private static final int WINDOW_BYTES = 256 << 10;

  private final BlockReader reader;
  private final BlockReader.Scratch scratch = new BlockReader.Scratch();
  private final BlockMemory window = BlockMemory.ofThreads();
  private final BlockMemory unpacked = BlockMemory.ofThreads();

  /// Where in the file the window begins, and how much of it holds something.
  private long windowAt;

  private int windowLength;

  SweptBlocks(BlockReader reader) {
    this.reader = reader;
  }

  @Override
  void load(int block) {
    long offset = reader.fences().offset(block);
    int length = reader.fences().length(block);
    if (offset < windowAt || offset + length > windowAt + windowLength) {
      fill(block, offset, length);
    }
    int at = (int) (offset - windowAt);
    if (reader.fences().isCompressed(block)) {
      reader.unpack(block, window.segment(), at, scratch);
      MemorySegment memory = unpacked.atLeast(Math.max(scratch.length(), WINDOW_BYTES));
      reader.place(block, scratch, memory, 0);
      set(memory, 0);
    } else {
      reader.requireSound(block, window.segment(), at, window.view(), scratch);
      set(window.segment(), at);
    }
  }

  private void fill(int block, long offset, int length) {
    windowLength = 0;
    MemorySegment memory = window.atLeast(Math.max(length, WINDOW_BYTES));
    windowLength = reader.read(block, offset, memory);
    windowAt = offset;
    reader.requireWhole(block, windowLength);
  }

  @Override
  boolean staysInPlace() {
    return false;
  }

  @Override
  public void close() {
    window.close();
    unpacked.close();
  }
}
