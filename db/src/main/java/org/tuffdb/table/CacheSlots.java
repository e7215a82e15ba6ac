package org.tuffdb.table;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// The slots of a [BlockCache], in slabs that are allocated when they are needed; it says which
/// slot the next block gets. A free one comes first, then one of a new slab as long as there is
/// room, then one that the clock's hand finds.
///
/// Its monitor guards all of this but the states of slots that are in use.
final class CacheSlots {
  private static final int SLAB_BYTES = 1 << 20;
  private static final int SLOTS_MAX = 1 << 30;

  /// How many used slots the hand spares before it takes any that nobody has pinned.
  private static final int PATIENCE = 256;

  private final int slotBytes;
  private final int slabSlots;
  private final int shift;
  private final int mask;

  /// By number. A place is null once its slab has been given back, until another one takes it.
  private volatile @Nullable CacheSlab[] slabs = {};

  /// Of the slabs that were not given back yet, retired ones too.
  private final AtomicLong slabBytes = new AtomicLong();

  private long slabBytesMax;

  /// How many slots there are in slabs that are not retired.
  private int slots;

  /// The first free slot, plus one.
  private int free;

  private int hand;

  CacheSlots(int slotBytes) {
    this.slotBytes = slotBytes;
    slabSlots = Math.max(1, SLAB_BYTES / slotBytes);
    shift = Integer.SIZE - Integer.numberOfLeadingZeros(slabSlots - 1);
    mask = (1 << shift) - 1;
  }

  /// The slab of a slot; null if it has been given back.
  @Nullable CacheSlab slab(int slot) {
    return slabs[slot >>> shift];
  }

  /// The slab of a slot that is pinned.
  CacheSlab pinned(long slot) {
    CacheSlab slab = slabs[(int) slot >>> shift];
    if (slab == null) {
      throw new IllegalStateException("slot " + slot + " is not pinned");
    }
    return slab;
  }

  /// All slabs that were not given back yet.
  List<CacheSlab> slabs() {
    List<CacheSlab> all = new ArrayList<>();
    for (CacheSlab slab : slabs) {
      if (slab != null) {
        all.add(slab);
      }
    }
    return all;
  }

  long offset(long slot) {
    return (slot & mask) * slotBytes;
  }

  long memoryBytes() {
    return slabBytes.get();
  }

  /// Gives a slot to the caller, pinned; -1 if all are pinned. If it held a block, that can still
  /// be in the index.
  synchronized int take() {
    if (free == 0) {
      grow();
    }
    return free == 0 ? evict() : takeFree();
  }

  private int takeFree() {
    int slot = free - 1;
    CacheSlab slab = pinned(slot);
    free = slab.next(slot);
    slab.take(slot);
    return slot;
  }

  private void grow() {
    long room = slabBytesMax - slabBytes.get() - CacheSlab.OVERHEAD_BYTES;
    long count = Math.min(slabSlots, room / (slotBytes + CacheSlab.RECORD_BYTES));
    int place = freePlace();
    if (count <= 0 || place >= SLOTS_MAX >>> shift) {
      return;
    }
    CacheSlab slab;
    try {
      slab = new CacheSlab(place << shift, (int) count, mask, slotBytes);
    } catch (OutOfMemoryError none) {
      // The cache goes on with what it has. Asking again for each miss would be slow.
      slabBytesMax = slabBytes.get();
      return;
    }
    slabBytes.addAndGet(slab.memoryBytes());
    put(place, slab);
    slots += slab.slots();
    for (int slot = slab.end() - 1; slot >= slab.first(); slot--) {
      addFree(slab, slot);
    }
  }

  private int freePlace() {
    int place = 0;
    while (place < slabs.length && slabs[place] != null) {
      place++;
    }
    return place;
  }

  private void put(int place, @Nullable CacheSlab slab) {
    @Nullable CacheSlab[] changed = Arrays.copyOf(slabs, Math.max(slabs.length, place + 1));
    changed[place] = slab;
    slabs = changed;
  }

  private void addFree(CacheSlab slab, int slot) {
    slab.setNext(slot, free);
    free = slot + 1;
  }

  private int evict() {
    if (slots == 0) {
      return -1;
    }
    int patience = (int) Math.min(PATIENCE, (long) CacheSlab.USES_MAX * slots);
    for (int i = 0; i < patience + slots; i++) {
      if (advance().evict(hand, i >= patience)) {
        return hand;
      }
    }
    return -1;
  }

  /// Moves the hand on to the next slot, and returns its slab.
  private CacheSlab advance() {
    @Nullable CacheSlab[] all = slabs;
    hand++;
    CacheSlab slab = hand >>> shift < all.length ? all[hand >>> shift] : null;
    while (slab == null || slab.retired || (hand & mask) >= slab.slots()) {
      int place = (hand >>> shift) + 1;
      hand = place < all.length ? place << shift : 0;
      slab = all[hand >>> shift];
    }
    return slab;
  }

  /// Takes back a slot that has become free.
  void giveBack(int slot) {
    CacheSlab slab = pinned(slot);
    synchronized (this) {
      if (!slab.retired) {
        addFree(slab, slot);
        return;
      }
    }
    release(slab);
  }

  /// Sets how many bytes the slabs may take. Returns the slabs that are too many: their slots are
  /// given to nobody any more. The caller empties these slabs and releases each.
  synchronized List<CacheSlab> limit(long bytes) {
    slabBytesMax = bytes;
    List<CacheSlab> inUse = new ArrayList<>(slabs());
    inUse.removeIf(slab -> slab.retired);
    long excess = -bytes;
    for (CacheSlab slab : inUse) {
      excess += slab.memoryBytes();
    }
    List<CacheSlab> tooMany = new ArrayList<>();
    for (int i = inUse.size() - 1; i >= 0 && excess > 0; i--) {
      CacheSlab slab = inUse.get(i);
      slab.retired = true;
      slots -= slab.slots();
      excess -= slab.memoryBytes();
      tooMany.add(slab);
    }
    dropRetiredFree();
    return tooMany;
  }

  private void dropRetiredFree() {
    int at = free;
    free = 0;
    while (at != 0) {
      int slot = at - 1;
      CacheSlab slab = pinned(slot);
      at = slab.next(slot);
      if (slab.retired) {
        slab.keeping--;
      } else {
        addFree(slab, slot);
      }
    }
  }

  /// Gives back the memory of a retired slab with the last of what keeps it.
  void release(CacheSlab slab) {
    synchronized (this) {
      slab.keeping--;
      if (slab.keeping > 0) {
        return;
      }
      put(slab.first() >>> shift, null);
    }
    slab.free();
    slabBytes.addAndGet(-slab.memoryBytes());
  }
}
