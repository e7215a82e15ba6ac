package org.tuffdb.table;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;

/// Slots of which two make a slab, and what a cache does with them.
abstract class SmallSlabs {
  /// Two slots make a slab.
  static final int SLOT_BYTES = 1 << 19;

  static final long SLAB_BYTES =
      CacheSlab.OVERHEAD_BYTES + 2L * (SLOT_BYTES + CacheSlab.RECORD_BYTES);

  CacheSlots slots = new CacheSlots(SLOT_BYTES);

  @AfterEach
  void free() {
    slots.limit(0);
    slots.slabs().forEach(CacheSlab::free);
  }

  final List<Integer> take(int count) {
    List<Integer> taken = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      taken.add(slots.take());
    }
    return taken;
  }

  /// As if a block had been published and nobody had it pinned.
  final void listUnpinned(int slot) {
    slots.pinned(slot).list(slot);
    slots.pinned(slot).unpin(slot);
  }

  final void use(int slot, int times) {
    for (int i = 0; i < times; i++) {
      slots.pinned(slot).pin(slot);
      slots.pinned(slot).unpin(slot);
    }
  }

  final void free(int slot) {
    if (slots.pinned(slot).unpin(slot)) {
      slots.giveBack(slot);
    }
  }

  static long bytes(int slots, int slotBytes) {
    return CacheSlab.OVERHEAD_BYTES + (long) slots * (slotBytes + CacheSlab.RECORD_BYTES);
  }
}
