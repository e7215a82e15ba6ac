package org.tuffdb.memtable;

import java.lang.foreign.MemorySegment;
import org.tuffdb.entry.EntryCursor;

/// The newest entries in order, outside the heap: a B+tree for one writer and many readers who
/// never wait.
public final class Memtable {
  private static final long SEGMENT_BYTES_FIRST = 64 << 10;
  private static final int GROWTH = 4;

  private final SegmentPool pool;
  private final long capacityBytes;
  private final Tree tree;
  private volatile MemorySegment segment;
  private long segmentBytes;

  /// What all entries may take, by [#entryBytesMax].
  private long chargedBytes = Tree.NODE_BYTES_AT_LEAST;

  /// At first it takes little memory, then it grows up to the capacity, and beyond it only if one
  /// reservation needs that.
  public Memtable(SegmentPool pool, long capacityBytes) {
    this.pool = pool;
    this.capacityBytes = capacityBytes;
    segment = pool.take(SEGMENT_BYTES_FIRST, SEGMENT_BYTES_FIRST * GROWTH);
    segmentBytes = segment.byteSize();
    tree = new Tree(segment);
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
    return tree.usedBytes();
  }

  public long reservedBytes() {
    return segment.byteSize();
  }

  public int entryCount() {
    return tree.entryCount();
  }

  /// Gives the memory back for reuse. Only when no reader or cursor can come any more, nor whoever
  /// still looks at a value; where that is not known, the memtable is left to the garbage collector
  /// instead.
  public void release() {
    pool.give(segment);
  }
}
