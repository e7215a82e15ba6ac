package org.tuffdb.memtable;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.tuffdb.bytes.Hash;
import org.tuffdb.entry.EntryCursor;
import org.tuffdb.entry.Found;
import org.tuffdb.entry.RangeDeletes;

/// The newest entries in order, outside the heap: a B+tree for one writer and many readers who
/// never wait.
///
/// ```
///   0                                                                        the end of the memory
///   | null entry, root | entries, as they come  →   free   ←  nodes | null node | filter |
/// ```
///
/// **Nodes never change under a reader.** A node has 64 slots for items, two copies of everything
/// that an edit changes besides (the order of the slots, the next neighbour, the prefix), and a
/// header that says which copy holds, in its version, and how many items there are. The writer
/// fills slots and the copy that the header does not refer to, then stores the next header, with
/// release. A reader loads the header, with acquire, reads what it refers to, and looks at the
/// header again: if the version is the same, nothing of what it read has been written meanwhile,
/// since the writer comes back to the old copy only after a later header (a store fence keeps that
/// order). If not, it begins anew; that happens only when the writer got on, never because it
/// stands still half-way. New items after all others need no new version: nobody looks there before
/// the count says so.
///
/// **A split gives the right half to a new neighbour.** First the new node is filled, then its
/// parent learns of it, then it is cut off the left one. A reader on the way down loads the child's
/// header before it looks at the parent's again. If the parent has not changed by then, the child
/// had not been cut when its header was loaded, so it holds what the reader looks for. The root's
/// place is looked at twice in the same way. Nothing is ever deleted and no node ever freed, so a
/// node keeps its first entry for ever: that entry is also the separator in the parent, and where a
/// search goes on when it comes to the end of a leaf.
///
/// **Words.** An item holds eight key bytes after a prefix that the items share, so most
/// comparisons do not leave the node. The keys between two neighbouring separators share a prefix
/// by nature; a node may have a longer one, then it is *checked*: a key that does not begin with it
/// takes the smallest or the largest word, and ties are settled by whole keys. So a prefix that
/// fits badly costs time, and never an answer.
///
/// **A filter before the tree.** A get that misses a memtable would wait for a node on each level;
/// a [KeyFilter] spares it that, mostly. An entry's key goes into the filter before the entry goes
/// into the tree, so before its sequence becomes visible.
///
/// **What a log holds** is not put entry by entry. Opening [loads][#load] it, and when all is
/// there, [#order()] sorts it and builds the tree from the left to the right.
///
/// **Growth** copies all into a larger segment and publishes that; the old one stays as it is, for
/// those who still read there, until the memtable is released. The new one has a larger filter,
/// made anew. A reader takes the visible sequence first and the memory then: what is visible was in
/// the old tree and its filter before the new ones came, or the reader finds the new ones.
public final class Memtable {
  /// What a memtable takes that may never get large.
  public static final long FIRST_BYTES = 64 << 10;

  private static final int GROWTH = 4;

  /// They are in the heap, where nobody counts them: with that many, about two megabytes.
  private static final int RANGE_DELETES_MAX = 4096;

  private static final long BYTES_AT_LEAST = KeyFilter.withShare(Tree.NODE_BYTES_AT_LEAST);

  private static final VarHandle USED_BYTES = field("usedBytes", long.class);
  private static final VarHandle ENTRY_COUNT = field("entryCount", int.class);
  private static final VarHandle NEWEST_SEQUENCE = field("newestSequence", long.class);

  private final SegmentPool pool;
  private final long capacityBytes;
  private final long firstLogNumber;
  private final Tree tree;

  /// What waits for its place in the tree; null if nothing does. For the writer.
  private @Nullable Load load;

  private volatile RangeDeletes rangeDeletes = RangeDeletes.NONE;
  private volatile Place place;

  /// What it had before it grew: somebody may still read there. For the writer.
  private List<MemorySegment> outgrown = List.of();

  private volatile long outgrownBytes;

  /// What all entries may take, by [#entryBytesMax].
  private long chargedBytes = BYTES_AT_LEAST;

  // For anyone who asks, whole but perhaps a moment old: written and read opaquely.
  @SuppressWarnings("unused") // by name, through USED_BYTES
  private long usedBytes;

  @SuppressWarnings("unused") // by name, through ENTRY_COUNT
  private int entryCount;

  @SuppressWarnings("unused") // by name, through NEWEST_SEQUENCE
  private long newestSequence;

  /// A memtable that grows from [#FIRST_BYTES] up to the capacity: see the other constructor.
  public Memtable(SegmentPool pool, long capacityBytes, long firstLogNumber) {
    this(pool, FIRST_BYTES, capacityBytes, firstLogNumber);
  }

  /// At first it takes so much memory, or twice that at most, then it grows up to the capacity, and
  /// beyond it only if one reservation needs that.
  ///
  /// @param firstLogNumber the file of the log that its first entry goes into, or one before it
  public Memtable(SegmentPool pool, long firstBytes, long capacityBytes, long firstLogNumber) {
    this.pool = pool;
    this.capacityBytes = capacityBytes;
    this.firstLogNumber = firstLogNumber;
    place = new Place(pool.take(firstBytes, 2 * firstBytes));
    tree = new Tree(place.tree);
    USED_BYTES.setOpaque(this, tree.usedBytes());
  }

  /// Its memory: the tree, and the filter behind it.
  private static final class Place {
    final MemorySegment memory;
    final MemorySegment tree;
    final KeyFilter filter;

    Place(MemorySegment memory) {
      this.memory = memory;
      this.tree = memory.asSlice(0, KeyFilter.treeBytes(memory.byteSize()));
      this.filter = KeyFilter.at(memory);
    }
  }

  private static VarHandle field(String name, Class<?> type) {
    try {
      return MethodHandles.lookup().findVarHandle(Memtable.class, name, type);
    } catch (ReflectiveOperationException impossible) {
      throw new ExceptionInInitializerError(impossible);
    }
  }

  /// At most this much memory goes to one entry, nodes and filter included.
  public static long entryBytesMax(int keyLength, int valueLength) {
    return KeyFilter.withShare(Entry.sizeBytes(keyLength, valueLength) + Tree.NODE_BYTES_PER_ENTRY);
  }

  /// Whether so many bytes more, a sum of [#entryBytesMax], fit within the capacity, and there are
  /// not too many range deletes yet. For the writer.
  public boolean hasRoom(long bytes) {
    return chargedBytes + bytes <= capacityBytes && rangeDeletes.count() < RANGE_DELETES_MAX;
  }

  /// Makes sure that entries of so many bytes, by [#entryBytesMax], can be put. For the writer.
  public void reserve(long bytes) {
    long needed = chargedBytes + bytes;
    if (needed > memoryBytes()) {
      grow(needed);
    }
  }

  /// What [#reservedBytes()] will be after a reservation of `bytes`. For the writer.
  public long reservedBytesWith(long bytes) {
    long needed = chargedBytes + bytes;
    long now = memoryBytes();
    long grown = needed <= now ? 0 : grownBytes(now, needed, capacityBytes);
    return reservedBytes() + grown;
  }

  /// What [#reservedBytes()] of a new memtable will be after a reservation of `bytes`.
  public static long reservedBytesOfNew(long bytes, long capacityBytes) {
    long needed = BYTES_AT_LEAST + bytes;
    return needed <= FIRST_BYTES
        ? FIRST_BYTES
        : FIRST_BYTES + grownBytes(FIRST_BYTES, needed, capacityBytes);
  }

  private static long grownBytes(long bytes, long needed, long capacityBytes) {
    return Math.max(needed, Math.min(capacityBytes, bytes * GROWTH));
  }

  private void grow(long needed) {
    Place old = place;
    long size = grownBytes(old.memory.byteSize(), needed, capacityBytes);
    Place larger = new Place(pool.take(size, Math.max(size, capacityBytes)));
    if (load == null) {
      tree.addKeysTo(larger.filter);
    } else {
      larger.filter.addAll();
    }
    List<MemorySegment> withOld = new ArrayList<>(outgrown);
    withOld.add(old.memory);
    long withOldBytes = outgrownBytes + old.memory.byteSize();
    tree.moveTo(larger.tree);
    place = larger; // without a call in between, nor behind: the stack may end in any
    outgrown = withOld;
    outgrownBytes = withOldBytes;
  }

  /// Adds an entry that a reservation covers. The sequence must be larger than all before. For the
  /// writer.
  public void put(
      long sequence,
      byte kind,
      byte[] source,
      int keyOffset,
      int keyLength,
      int valueOffset,
      int valueLength) {
    charge(keyLength, valueLength);
    place.filter.add(Hash.of(source, keyOffset, keyLength));
    tree.put(sequence, kind, source, keyOffset, keyLength, valueOffset, valueLength);
    NEWEST_SEQUENCE.setOpaque(this, sequence);
    USED_BYTES.setOpaque(this, tree.usedBytes());
    ENTRY_COUNT.setOpaque(this, tree.entryCount());
  }

  /// Adds an entry as [#put] does, but leaves it to [#order()] to make it known: for a memtable
  /// that nobody reads yet, and that nothing was put into. For the writer.
  public void load(
      long sequence,
      byte kind,
      byte[] source,
      int keyOffset,
      int keyLength,
      int valueOffset,
      int valueLength) {
    charge(keyLength, valueLength);
    if (load == null) {
      // What is loaded is flushed soon, mostly before anybody reads: hashes would only cost time.
      place.filter.addAll();
      load = new Load(tree);
    }
    load.add(sequence, kind, source, keyOffset, keyLength, valueOffset, valueLength);
    NEWEST_SEQUENCE.setOpaque(this, sequence);
  }

  /// Makes what was loaded known to readers. Afterwards entries are put one by one. For the writer.
  public void order() {
    if (load != null) {
      load.finish();
      load = null;
      USED_BYTES.setOpaque(this, tree.usedBytes());
      ENTRY_COUNT.setOpaque(this, tree.entryCount());
    }
  }

  /// Deletes the keys from `start` on that lie below `limit`, an empty one being the end of all
  /// keys, by an entry that a reservation covers. For the writer.
  public void deleteRange(long sequence, byte[] start, byte[] limit) {
    charge(start.length, limit.length);
    rangeDeletes = rangeDeletes.with(new RangeDeletes.RangeDelete(start, limit, sequence));
    NEWEST_SEQUENCE.setOpaque(this, sequence);
  }

  private void charge(int keyLength, int valueLength) {
    long charged = chargedBytes + entryBytesMax(keyLength, valueLength);
    if (charged > memoryBytes()) {
      throw new IllegalStateException("an entry without a reservation");
    }
    chargedBytes = charged;
  }

  /// Those of all sequences so far. A reader takes the visible sequence first and these then.
  public RangeDeletes rangeDeletes() {
    return rangeDeletes;
  }

  /// Finds the newest entry of a key that is not newer than a sequence; false if there is none.
  ///
  /// @param hash of the key
  public boolean find(byte[] key, long hash, long sequence, Found found) {
    Place here = place;
    if (!here.filter.mayContain(hash)) {
      return false;
    }
    MemorySegment s = here.tree;
    long entry = Lookup.find(s, key, sequence);
    if (entry == 0) {
      return false;
    }
    found.set(
        s,
        Entry.valueOffset(s, entry),
        Entry.valueLength(s, entry),
        Entry.sequence(s, entry),
        Entry.kind(s, entry));
    return true;
  }

  /// What offsets count from. A later segment holds the same bytes at the same offsets, and more.
  public MemorySegment segment() {
    return place.tree;
  }

  public EntryCursor cursor() {
    return new MemtableCursor(this);
  }

  public long usedBytes() {
    return (long) USED_BYTES.getOpaque(this);
  }

  /// What of its present memory no entry has taken yet.
  public long freeBytes() {
    return place.tree.byteSize() - usedBytes();
  }

  public long reservedBytes() {
    return outgrownBytes + memoryBytes();
  }

  private long memoryBytes() {
    return place.memory.byteSize();
  }

  public int entryCount() {
    return (int) ENTRY_COUNT.getOpaque(this);
  }

  /// Whether anything was put or deleted.
  public boolean isEmpty() {
    return newestSequence() == 0;
  }

  /// The sequence of the last entry; 0 if there is none.
  public long newestSequence() {
    return (long) NEWEST_SEQUENCE.getOpaque(this);
  }

  /// The file of the log from which on its entries are.
  public long firstLogNumber() {
    return firstLogNumber;
  }

  /// Gives the memory back for reuse. Only when no reader or cursor can come any more, nor whoever
  /// still looks at a value; where that is not known, the memtable is left to the garbage collector
  /// instead.
  public void release() {
    pool.give(place.memory);
    outgrown.forEach(pool::give);
  }
}
