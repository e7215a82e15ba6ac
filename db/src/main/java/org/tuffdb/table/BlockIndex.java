package org.tuffdb.table;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;
import java.util.concurrent.locks.ReentrantLock;

/// Where the blocks of a [BlockCache] are: a hash table whose chains run through the records of the
/// slots.
///
/// A chain is changed under the lock of its stripe, and read without. A reader without a lock may
/// be led astray while a chain changes: it can miss a block that is there, and what it finds must
/// be looked at again once it is pinned.
final class BlockIndex {
  private static final int STRIPES = 16;

  /// It is in the heap, which may be much smaller than the cache. Chains get longer beyond that.
  private static final int LENGTH_MAX =
      (int) Math.min(1 << 28, Long.highestOneBit(Runtime.getRuntime().maxMemory() / 16) >>> 2);

  private static final VarHandle INT = MethodHandles.arrayElementVarHandle(int[].class);

  private static final int[] NO_HEADS = {};

  private final CacheSlots slots;
  private final ReentrantLock[] stripes = new ReentrantLock[STRIPES];

  /// Of each chain the first slot, plus one. Replaced under the locks of all stripes. Its length is
  /// a power of two and a multiple of the stripes, so that a chain lies in one stripe; or 0.
  private volatile int[] heads = NO_HEADS;

  BlockIndex(CacheSlots slots) {
    this.slots = slots;
    Arrays.setAll(stripes, i -> new ReentrantLock());
  }

  /// How many bytes an index of so many slots takes.
  static long bytes(long slots) {
    return (long) Integer.BYTES * length(slots);
  }

  private static int length(long slots) {
    int log = Long.SIZE - Long.numberOfLeadingZeros(Math.max(2 * slots, STRIPES) - 1);
    return (int) Math.min(1L << log, LENGTH_MAX);
  }

  long memoryBytes() {
    return (long) Integer.BYTES * heads.length;
  }

  boolean isMade() {
    return heads.length > 0;
  }

  /// A slot that seems to hold the block, unpinned; -1 if there seems to be none.
  int find(long key) {
    int at = head(key);
    while (at != 0) {
      int slot = at - 1;
      CacheSlab slab = slots.slab(slot);
      if (slab == null || !slab.isListed(slot)) {
        return -1; // gone since: it may lead anywhere
      }
      if (slab.holds(slot, key)) {
        return slot;
      }
      at = slab.next(slot);
    }
    return -1;
  }

  /// Lists a slot, unless its block is listed already.
  void add(int slot) {
    CacheSlab slab = slots.pinned(slot);
    long key = slab.key(slot);
    ReentrantLock stripe = lock(key);
    try {
      if (isMade() && !isListed(key)) {
        slab.list(slot);
        link(heads, slab, slot);
      }
    } finally {
      stripe.unlock();
    }
  }

  private boolean isListed(long key) {
    for (int at = head(key); at != 0; at = slots.pinned(at - 1).next(at - 1)) {
      CacheSlab slab = slots.pinned(at - 1);
      if (slab.holds(at - 1, key) && slab.isListed(at - 1)) {
        return true;
      }
    }
    return false;
  }

  private static void link(int[] heads, CacheSlab slab, int slot) {
    int chain = chain(heads, slab.key(slot));
    slab.setNext(slot, heads[chain]);
    INT.setRelease(heads, chain, slot + 1);
  }

  /// Takes a slot that the caller has pinned out of its chain, if it is there, and lets nobody pin
  /// it any more.
  void remove(int slot) {
    CacheSlab slab = slots.pinned(slot);
    long key = slab.key(slot);
    ReentrantLock stripe = lock(key);
    try {
      slab.unlist(slot);
      unlink(key, slab, slot);
    } finally {
      stripe.unlock();
    }
  }

  private void unlink(long key, CacheSlab slab, int slot) {
    int at = head(key);
    if (at == slot + 1) {
      INT.setRelease(heads, chain(heads, key), slab.next(slot));
      return;
    }
    while (at != 0) {
      CacheSlab before = slots.pinned(at - 1);
      int next = before.next(at - 1);
      if (next == slot + 1) {
        before.setNext(at - 1, slab.next(slot));
        return;
      }
      at = next;
    }
  }

  /// Makes heads for so many slots.
  void resize(long slotsMax) {
    if (heads.length == (slotsMax == 0 ? 0 : length(slotsMax))) {
      return; // slots that went were unlinked one by one
    }
    for (ReentrantLock stripe : stripes) {
      stripe.lock();
    }
    try {
      int[] changed = slotsMax == 0 ? NO_HEADS : new int[length(slotsMax)];
      for (CacheSlab slab : slots.slabs()) {
        linkAll(changed, slab);
      }
      heads = changed;
    } finally {
      for (ReentrantLock stripe : stripes) {
        stripe.unlock();
      }
    }
  }

  private static void linkAll(int[] heads, CacheSlab slab) {
    for (int slot = slab.first(); slot < slab.end() && heads.length > 0; slot++) {
      if (slab.isListed(slot)) {
        link(heads, slab, slot);
      }
    }
  }

  private int head(long key) {
    int[] heads = this.heads;
    return heads.length == 0 ? 0 : (int) INT.getAcquire(heads, chain(heads, key));
  }

  private ReentrantLock lock(long key) {
    ReentrantLock stripe = stripes[hash(key) & (STRIPES - 1)];
    stripe.lock();
    return stripe;
  }

  private static int chain(int[] heads, long key) {
    return hash(key) & (heads.length - 1);
  }

  private static int hash(long key) {
    return (int) ((key * 0x9e3779b97f4a7c15L) >>> 32);
  }
}
