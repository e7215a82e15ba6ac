package org.tuffdb.memtable;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.tuffdb.entry.EntryCursor;

/// The newest entries in order, outside the heap: a B+tree for one writer and many readers who
/// never wait.
///
/// ```
///   0                                                                    the end of the segment
///   | null entry, root | entries, as they come  →   free   ←  nodes | null node |
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
/// **Growth** copies all into a larger segment and publishes that; the old one stays as it is, and
/// the garbage collector frees it when nobody reads there any more. A reader takes the visible
/// sequence first and the segment then: what is visible was in the old segment before the new one
/// came, or the reader finds the new one.
public final class Memtable {
  private static final long SEGMENT_BYTES_FIRST = 64 << 10;
  private static final int GROWTH = 4;
  private static final VarHandle USED_BYTES = field("usedBytes", long.class);
  private static final VarHandle ENTRY_COUNT = field("entryCount", int.class);

  private final SegmentPool pool;
  private final long capacityBytes;
  private final Tree tree;
  private volatile MemorySegment segment;
  private long segmentBytes;

  /// What all entries may take, by [#entryBytesMax].
  private long chargedBytes = Tree.NODE_BYTES_AT_LEAST;

  // For anyone who asks, whole but perhaps a moment old: written and read opaquely.
  @SuppressWarnings("unused") // by name, through USED_BYTES
  private long usedBytes;

  @SuppressWarnings("unused") // by name, through ENTRY_COUNT
  private int entryCount;

  /// At first it takes little memory, then it grows up to the capacity, and beyond it only if one
  /// reservation needs that.
  public Memtable(SegmentPool pool, long capacityBytes) {
    this.pool = pool;
    this.capacityBytes = capacityBytes;
    segment = pool.take(SEGMENT_BYTES_FIRST, SEGMENT_BYTES_FIRST * GROWTH);
    segmentBytes = segment.byteSize();
    tree = new Tree(segment);
    USED_BYTES.setOpaque(this, tree.usedBytes());
  }

  private static VarHandle field(String name, Class<?> type) {
    try {
      return MethodHandles.lookup().findVarHandle(Memtable.class, name, type);
    } catch (ReflectiveOperationException impossible) {
      throw new ExceptionInInitializerError(impossible);
    }
  }

  /// At most this much memory goes to one entry, nodes included.
  public static long entryBytesMax(int keyLength, int valueLength) {
    return Entry.sizeBytes(keyLength, valueLength) + Tree.NODE_BYTES_PER_ENTRY;
  }

  /// Whether so many bytes more, a sum of [#entryBytesMax], fit within the capacity. For the
  /// writer.
  public boolean hasRoom(long bytes) {
    return chargedBytes + bytes <= capacityBytes;
  }

  /// Makes sure that entries of so many bytes, by [#entryBytesMax], can be put. For the writer.
  public void reserve(long bytes) {
    long needed = chargedBytes + bytes;
    if (needed > segmentBytes) {
      grow(needed);
    }
  }

  /// What [#reservedBytes()] will be after a reservation of `bytes`. For the writer.
  public long reservedBytesWith(long bytes) {
    long needed = chargedBytes + bytes;
    return needed <= segmentBytes ? segmentBytes : grownBytes(segmentBytes, needed, capacityBytes);
  }

  /// What [#reservedBytes()] of a new memtable will be after a reservation of `bytes`.
  public static long reservedBytesOfNew(long bytes, long capacityBytes) {
    long needed = Tree.NODE_BYTES_AT_LEAST + bytes;
    return needed <= SEGMENT_BYTES_FIRST
        ? SEGMENT_BYTES_FIRST
        : grownBytes(SEGMENT_BYTES_FIRST, needed, capacityBytes);
  }

  private static long grownBytes(long bytes, long needed, long capacityBytes) {
    return Math.max(needed, Math.min(capacityBytes, bytes * GROWTH));
  }

  private void grow(long needed) {
    long size = grownBytes(segmentBytes, needed, capacityBytes);
    MemorySegment larger = pool.take(size, Math.max(size, capacityBytes));
    tree.moveTo(larger);
    segment = larger;
    segmentBytes = larger.byteSize();
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
    long charge = chargedBytes + entryBytesMax(keyLength, valueLength);
    if (charge > segmentBytes) {
      throw new IllegalStateException("put without a reservation");
    }
    chargedBytes = charge;
    tree.put(sequence, kind, source, keyOffset, keyLength, valueOffset, valueLength);
    USED_BYTES.setOpaque(this, tree.usedBytes());
    ENTRY_COUNT.setOpaque(this, tree.entryCount());
  }

  /// The newest entry of a key that is not newer than a sequence, or -1.
  public long find(byte[] key, long sequence) {
    return find(key, 0, key.length, sequence);
  }

  public long find(byte[] source, int offset, int length, long sequence) {
    MemorySegment s = segment;
    long entry = Lookup.ceiling(s, source, offset, length, sequence);
    return entry != 0 && Entry.compareKey(source, offset, length, s, entry) == 0 ? entry : -1;
  }

  public byte kind(long handle) {
    return Entry.kind(segment, handle);
  }

  public long sequence(long handle) {
    return Entry.sequence(segment, handle);
  }

  public long valueOffset(long handle) {
    return Entry.valueOffset(segment, handle);
  }

  public int valueLength(long handle) {
    return Entry.valueLength(segment, handle);
  }

  /// What offsets count from. A later segment holds the same bytes at the same offsets, and more.
  public MemorySegment segment() {
    return segment;
  }

  public EntryCursor cursor() {
    return new MemtableCursor(this);
  }

  public long usedBytes() {
    return (long) USED_BYTES.getOpaque(this);
  }

  public long reservedBytes() {
    return segment.byteSize();
  }

  public int entryCount() {
    return (int) ENTRY_COUNT.getOpaque(this);
  }

  /// Gives the memory back for reuse. Only when no reader or cursor can come any more, nor whoever
  /// still looks at a value; where that is not known, the memtable is left to the garbage collector
  /// instead.
  public void release() {
    pool.give(segment);
  }
}
