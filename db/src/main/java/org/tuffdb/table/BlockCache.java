package org.tuffdb.table;

import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.LongAdder;
import org.tuffdb.entry.Pin;

/// Blocks of tables in memory outside the heap, in slots of one size. A hit takes no lock and
/// allocates nothing: many threads read at the same time. What is allocated stays within a bound.
///
/// The life of a slot. Its *state* is one word: how many have it pinned, whether it is *listed*
/// (readers may pin it), and its uses since the clock's hand passed last.
///
/// ```
///                 reserve                    publish
///      free ───────────────▶ pinned by one ───────────▶ listed, pinned or not ─┐
///        ▲                     │       ▲                   │               ▲   │ acquire, unpin
///        └──── abandon, unpin ─┘       └── evict, unlist ──┘               └───┘
/// ```
///
/// 1. Whoever finds a slot in the index pins it by a compare-and-set that succeeds only if it is
///    listed. It may have been evicted and have got another block between the two. So the reader
///    looks whether it holds its block *after* pinning: a pinned slot keeps its block. If it does
///    not, that is a miss. So is a search that went astray because the index changed meanwhile: the
///    block is then read a second time, and published in vain.
/// 2. The hand takes a slot only by a compare-and-set from *listed, no pins* to *not listed, one
///    pin*. So it never takes one that is pinned, and from then on nobody can pin it. Only then
///    does the slot leave its chain in the index, and only after that does it get another block.
/// 3. A slot that is not listed is free with its last pin, whoever takes that away: he who has
///    filled it in vain, or the last reader of a block that was unlisted under his hands.
/// 4. A slab is given back when none of its slots is in use. First it is marked as retired, then
///    its listed slots are unlisted. A publisher lists first and looks for the mark afterwards. So
///    one of the two sees what the other one did, and nothing stays listed in a retired slab.
///
/// The hand spares a slot once for each of its uses, up to three. A block that is read but once,
/// like those of a long scan, has none when the hand comes: a scan evicts above all itself.
///
/// Locks: the monitor of this, which a change of size takes; and within it, or alone, the monitor
/// of [CacheSlots] or a stripe of [BlockIndex], never both.
public final class BlockCache implements Pin {
  /// The index of a few slots of this size is not larger than they are.
  private static final int SLOT_BYTES_MIN = 64;

  private final int slotBytes;
  private final CacheSlots slots;
  private final BlockIndex index;
  private final HitCount hits = new HitCount();
  private final LongAdder misses = new LongAdder();

  private volatile long capacityBytes;

  /// @param capacityBytes how much memory the cache may take, all told
  /// @param slotBytes how large a block can be
  public BlockCache(long capacityBytes, int slotBytes) {
    if (slotBytes < SLOT_BYTES_MIN) {
      throw new IllegalArgumentException("slots of " + slotBytes + " bytes");
    }
    this.slotBytes = slotBytes;
    slots = new CacheSlots(slotBytes);
    index = new BlockIndex(slots);
    resize(capacityBytes);
  }

  /// Table numbers are below 2^31.
  static long key(long tableNumber, int block) {
    return tableNumber << 32 | Integer.toUnsignedLong(block);
  }

  /// The size of a slot: a larger block cannot be cached.
  public int slotBytes() {
    return slotBytes;
  }

  /// Pins the slot that holds a block and returns it; -1 if there is none. Whoever pins a slot
  /// unpins it.
  public long acquire(long tableNumber, int block) {
    long key = key(tableNumber, block);
    int slot = index.find(key);
    if (slot >= 0 && pin(slot, key)) {
      hits.increment();
      return slot;
    }
    misses.increment();
    return -1;
  }

  private boolean pin(int slot, long key) {
    CacheSlab slab = slots.slab(slot);
    if (slab == null || !slab.pin(slot)) {
      return false;
    }
    if (slab.holds(slot, key)) {
      return true;
    }
    unpin(slot);
    return false;
  }

  /// Returns a pinned slot for a block, which nobody but the caller knows and who fills it, and
  /// then publishes or abandons it; -1 if none can be had.
  public long reserve(long tableNumber, int block) {
    if (!index.isMade() && (capacityBytes == 0 || !makeIndex())) {
      return -1;
    }
    int slot = slots.take();
    if (slot >= 0) {
      index.remove(slot);
      slots.pinned(slot).assign(slot, key(tableNumber, block));
    }
    return slot;
  }

  private synchronized boolean makeIndex() {
    try {
      index.resize(slotsMax());
    } catch (OutOfMemoryError none) {
      // Blocks are read alone, until the next change of size. To ask again for each miss would be
      // slow.
      capacityBytes = 0;
    }
    return index.isMade();
  }

  /// Lets others find a slot that has been filled. The caller has it pinned still. Nobody finds it
  /// if somebody else has published the same block meanwhile: it is free with its last pin.
  public void publish(long handle) {
    int slot = (int) handle;
    index.add(slot);
    if (slots.pinned(slot).retired) {
      index.remove(slot);
    }
  }

  /// Gives a reserved slot back instead of publishing it.
  public void abandon(long handle) {
    unpin(handle);
  }

  /// What the block in a pinned slot lies in, [#offset(long)] bytes from its beginning.
  public MemorySegment segment(long handle) {
    return slots.pinned(handle).segment();
  }

  public long offset(long handle) {
    return slots.offset(handle);
  }

  @Override
  public void unpin(long handle) {
    if (slots.pinned(handle).unpin((int) handle)) {
      slots.giveBack((int) handle);
    }
  }

  /// Lets nobody find the blocks of a table any more, and the next blocks take their slots first.
  /// What is published later can be found.
  public void forget(long tableNumber) {
    for (CacheSlab slab : slots.slabs()) {
      for (int slot = slab.first(); slot < slab.end(); slot++) {
        if (slab.table(slot) == tableNumber && slab.pin(slot)) {
          if (slab.table(slot) == tableNumber) {
            index.remove(slot);
          }
          unpin(slot);
        }
      }
    }
  }

  /// Sets how much memory the cache may take, all told. What it has beyond that is given back, each
  /// slab as soon as nobody has a slot of it pinned.
  public synchronized void resize(long capacityBytes) {
    this.capacityBytes = capacityBytes;
    for (CacheSlab slab : slots.limit(capacityBytes - BlockIndex.bytes(slotsMax()))) {
      empty(slab);
      slots.release(slab);
    }
    try {
      index.resize(slots.memoryBytes() == 0 ? 0 : slotsMax());
    } catch (OutOfMemoryError none) {
      // The one that there is goes on, with longer chains.
    }
  }

  private void empty(CacheSlab slab) {
    for (int slot = slab.first(); slot < slab.end(); slot++) {
      if (slab.pin(slot)) {
        index.remove(slot);
        unpin(slot);
      }
    }
  }

  private long slotsMax() {
    return capacityBytes / (slotBytes + CacheSlab.RECORD_BYTES);
  }

  /// How much memory is allocated now, all told.
  public long memoryBytes() {
    return slots.memoryBytes() + index.memoryBytes();
  }

  public long hits() {
    return hits.sum();
  }

  public long misses() {
    return misses.sum();
  }

  /// Gives all memory back, as a change of the size to nothing does.
  public void close() {
    resize(0);
  }
}
