package org.tuffdb.table;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/// A piece of the memory of a [BlockCache], cut into slots that hold a block each, and a record for
/// every slot:
///
/// ```
///   int  what
///     0  table number of the block
///     1  the block
///     2  state: bits 0..23 pins, 24..25 uses since the clock's hand passed, 30 listed
///     3  the slot that comes next in a chain of the index, or in the list of free slots; plus one
/// ```
///
/// A slot goes by its number within the whole cache. The order of steps is told in [BlockCache].
final class CacheSlab {
  static final int RECORD_BYTES = 4 * Integer.BYTES;

  /// About what a slab takes beyond its slots: arena, segment, heads of the objects.
  static final int OVERHEAD_BYTES = 256;

  /// How many uses the hand remembers.
  static final int USES_MAX = 3;

  private static final int TABLE = 0;
  private static final int BLOCK = 1;
  private static final int STATE = 2;
  private static final int NEXT = 3;

  private static final int LISTED = 1 << 30;
  private static final int USE = 1 << 24;
  private static final int USES = USES_MAX * USE;
  private static final int PINS = USE - 1;

  private static final long ALIGNMENT_BYTES = 64;
  private static final VarHandle INT = MethodHandles.arrayElementVarHandle(int[].class);

  private final Arena arena = Arena.ofShared();
  private final MemorySegment segment;
  private final int[] records;
  private final int first;
  private final int slots;
  private final int mask;

  /// Set once the memory is to be given back. See [BlockCache#publish].
  volatile boolean retired;

  /// What still keeps a retired slab: its slots that are not free, and whoever empties it. Guarded
  /// by [CacheSlots].
  int keeping;

  /// @param first the number of its first slot
  /// @param slots how many slots it has
  /// @param mask what of a slot's number counts within a slab
  CacheSlab(int first, int slots, int mask, int slotBytes) {
    this.first = first;
    this.slots = slots;
    this.mask = mask;
    keeping = slots + 1;
    records = new int[slots * (RECORD_BYTES / Integer.BYTES)];
    segment = allocate(arena, (long) slots * slotBytes);
  }

  private static MemorySegment allocate(Arena arena, long bytes) {
    try {
      return arena.allocate(bytes, ALIGNMENT_BYTES);
    } catch (OutOfMemoryError none) {
      arena.close();
      throw none;
    }
  }

  MemorySegment segment() {
    return segment;
  }

  /// The number of its first slot.
  int first() {
    return first;
  }

  /// The number of the slot after its last one.
  int end() {
    return first + slots;
  }

  int slots() {
    return slots;
  }

  long memoryBytes() {
    return segment.byteSize() + (long) slots * RECORD_BYTES + OVERHEAD_BYTES;
  }

  void free() {
    arena.close();
  }

  /// Whether the slot is, or is about to be, the one of a block. That stays so while it is pinned.
  boolean holds(int slot, long key) {
    return key(slot) == key;
  }

  long key(int slot) {
    int record = record(slot);
    return BlockCache.key(records[record + TABLE], records[record + BLOCK]);
  }

  int table(int slot) {
    return records[record(slot) + TABLE];
  }

  /// For the one who has reserved the slot.
  void assign(int slot, long key) {
    int record = record(slot);
    records[record + TABLE] = (int) (key >>> 32);
    records[record + BLOCK] = (int) key;
  }

  int next(int slot) {
    return (int) INT.getAcquire(records, record(slot) + NEXT);
  }

  void setNext(int slot, int next) {
    INT.setRelease(records, record(slot) + NEXT, next);
  }

  boolean isListed(int slot) {
    return (state(slot) & LISTED) != 0;
  }

  /// Lets readers pin the slot.
  void list(int slot) {
    INT.getAndBitwiseOr(records, record(slot) + STATE, LISTED);
  }

  /// Lets nobody pin the slot any more. It is free as soon as nobody has it pinned.
  void unlist(int slot) {
    INT.getAndBitwiseAnd(records, record(slot) + STATE, PINS);
  }

  /// Pins the slot, if it is listed.
  boolean pin(int slot) {
    int at = record(slot) + STATE;
    int state = (int) INT.getVolatile(records, at);
    while ((state & LISTED) != 0) {
      int pinned = (state & USES) == USES ? state + 1 : state + USE + 1;
      int seen = (int) INT.compareAndExchange(records, at, state, pinned);
      if (seen == state) {
        return true;
      }
      state = seen;
    }
    return false;
  }

  /// Takes one pin away; true if the slot is free now.
  boolean unpin(int slot) {
    int at = record(slot) + STATE;
    int before = (int) INT.getAndAdd(records, at, -1);
    if ((before & PINS) == 0) {
      INT.getAndAdd(records, at, 1);
      throw new IllegalStateException("slot " + slot + " is not pinned");
    }
    return before == 1;
  }

  /// Pins a free slot.
  void take(int slot) {
    INT.setVolatile(records, record(slot) + STATE, 1);
  }

  /// As the clock's hand passes a slot that nobody has pinned: takes it out of the readers' sight
  /// and pins it, if it has not been used of late. Else it is one use nearer to that.
  ///
  /// @param anyway whether a slot is taken in spite of its uses
  boolean evict(int slot, boolean anyway) {
    int at = record(slot) + STATE;
    int state = (int) INT.getVolatile(records, at);
    if ((state & LISTED) == 0 || (state & PINS) != 0) {
      return false;
    }
    boolean evict = anyway || (state & USES) == 0;
    return INT.compareAndSet(records, at, state, evict ? 1 : state - USE) && evict;
  }

  private int state(int slot) {
    return (int) INT.getVolatile(records, record(slot) + STATE);
  }

  private int record(int slot) {
    return (slot & mask) << 2;
  }
}
