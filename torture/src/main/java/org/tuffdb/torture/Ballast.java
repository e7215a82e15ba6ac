package org.tuffdb.torture;

import org.jspecify.annotations.Nullable;

/// What fills the heap of this process but for a few bytes. One thread at a time fills it; any may
/// give back what is filled, at once or a moment later.
final class Ballast {
  /// From large to small, so that nothing larger than the smallest is left over.
  private static final int[] BLOCK_SLOTS = {128 << 10, 4 << 10, 64};

  /// The blocks, each with the one before it in its first slot.
  private volatile @Nullable Object @Nullable [] newest;

  /// Fills the heap, and leaves about `freeBytes` of it.
  void leave(int freeBytes) {
    release();
    @Nullable Object[] first = {null, new byte[freeBytes]};
    newest = first;
    for (int slots : BLOCK_SLOTS) {
      fill(slots);
    }
    first[1] = null;
  }

  private void fill(int slots) {
    try {
      while (true) {
        @Nullable Object[] block = new Object[slots];
        block[0] = newest;
        newest = block;
      }
    } catch (OutOfMemoryError full) {
      // That was to be had.
    }
  }

  /// Gives all memory back.
  void release() {
    newest = null;
  }
}
