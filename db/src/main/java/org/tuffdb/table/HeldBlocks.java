package org.tuffdb.table;

/// The blocks of a table, used where they are.
final class HeldBlocks extends BlockSource {
  private final TableBlocks blocks;
  private final BlockMemory memory = BlockMemory.ofThreads();
  private long held = TableBlocks.ABSENT;

  HeldBlocks(TableBlocks blocks) {
    this.blocks = blocks;
  }

  @Override
  void load(int block) {
    letGo();
    long found = blocks.hold(block);
    held = found == TableBlocks.ABSENT ? blocks.fill(block, memory) : found;
    set(blocks.segment(held, memory), blocks.offset(block, held));
    if (held == TableBlocks.IN_PLACE) {
      blocks.touch(block);
      TableBlocks.awaitPages(this);
    }
  }

  private void letGo() {
    long letGo = held;
    held = TableBlocks.ABSENT;
    blocks.release(letGo);
    memory.reuse();
  }

  /// A block in a slot of the cache may be evicted once it is let go of for the next one, and one
  /// in `memory` makes room for it.
  @Override
  boolean staysInPlace() {
    return held == TableBlocks.IN_PLACE;
  }

  @Override
  public void close() {
    letGo();
    memory.close();
  }
}
