package org.tuffdb.table;

import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;
import org.tuffdb.bytes.Keys;
import org.tuffdb.entry.EntryCursor;
import org.tuffdb.error.CorruptionException;

/// Walks over the blocks of a table. What it needs of the table is made ready by the first move.
///
/// Of the entry it stands on it keeps where key and value are: entries lie one behind the other, so
/// that a step costs one offset.
final class TableCursor implements EntryCursor {
  private final Table table;
  private final boolean sweeping;
  private final int blocks;
  private @Nullable BlockSource source;

  /// The block, and its number.
  private MemorySegment s = MemorySegment.NULL;

  private long at;
  private int block;
  private int count;
  private int shape;

  /// Where it stands in the block; -1 if nowhere.
  private int index = -1;

  private long keyAt;
  private int keyLength;
  private long end;

  TableCursor(Table table, boolean sweeping) {
    this.table = table;
    this.sweeping = sweeping;
    this.blocks = table.blockCount();
  }

  /// Goes to the first entry that is not before (`key`, `sequence`), wherever that is; without a
  /// key to the first or the last entry of block `wanted`. False if there is none.
  ///
  /// In one piece on purpose, as [Table#find] is, and for the same reason.
  private boolean enter(int wanted, boolean atFirst, byte @Nullable [] key, long sequence) {
    index = -1;
    int found = -1;
    try {
      int entered = key != null && blocks > 0 ? table.fences().find(key) : wanted;
      for (; found < 0 && entered >= 0 && entered < blocks; entered++) {
        BlockSource from = source;
        if (from == null) {
          from = sweeping ? table.sweptBlocks() : table.heldBlocks();
          source = from;
        }
        from.load(entered);
        MemorySegment segment = from.segment();
        long offset = from.offset();
        int entries = Block.count(segment, offset);
        int columns = Block.shape(segment, offset);
        s = segment;
        at = offset;
        block = entered;
        count = entries;
        shape = columns;
        if (sweeping) {
          requireWithinBounds(0);
          requireWithinBounds(entries - 1);
        }
        if (key == null) {
          found = atFirst ? 0 : entries - 1;
        } else {
          int bound = Block.lowerBound(segment, offset, entries, columns, key, sequence);
          found = bound < entries ? bound : -1;
        }
        if (found >= 0) {
          keyAt = Block.keyOffset(segment, offset, entries, columns, found);
          keyLength = Block.keyLength(segment, offset, entries, columns, found);
          end = Block.keyOffset(segment, offset, entries, columns, found + 1);
          index = found;
        }
      }
    } catch (InternalError e) {
      throw table.unreadable(e);
    }
    return found >= 0;
  }

  /// What is merged comes to lie between tables that it must not overlap.
  private void requireWithinBounds(int entry) {
    byte[] first = table.info().first();
    byte[] limit = table.info().limit();
    long key = Block.keyOffset(s, at, count, shape, entry);
    int length = Block.keyLength(s, at, count, shape, entry);
    if (Keys.compare(first, 0, first.length, s, key, length) > 0
        || (limit.length > 0 && Keys.compare(limit, 0, limit.length, s, key, length) <= 0)) {
      throw damage("a key lies outside the table's bounds");
    }
  }

  @Override
  public CorruptionException damage(String what) {
    return table.damage(block, what);
  }

  @Override
  public boolean first() {
    return enter(0, true, null, 0);
  }

  @Override
  public boolean last() {
    return enter(blocks - 1, false, null, 0);
  }

  @Override
  public boolean seek(byte[] key, long sequence) {
    return enter(0, true, key, sequence);
  }

  @Override
  public boolean next() {
    int following = index + 1;
    if (index < 0 || following == count) {
      return index >= 0 && enter(block + 1, true, null, 0);
    }
    try {
      index = following;
      keyAt = end;
      keyLength = Block.keyLength(s, at, count, shape, following);
      end = Block.keyOffset(s, at, count, shape, following + 1);
      return true;
    } catch (InternalError e) {
      throw table.unreadable(e);
    }
  }

  @Override
  public boolean previous() {
    if (index <= 0) {
      return index == 0 && enter(block - 1, false, null, 0);
    }
    try {
      index--;
      end = keyAt;
      keyLength = Block.keyLength(s, at, count, shape, index);
      keyAt = Block.keyOffset(s, at, count, shape, index);
      return true;
    } catch (InternalError e) {
      throw table.unreadable(e);
    }
  }

  @Override
  public MemorySegment segment() {
    return s;
  }

  @Override
  public long keyOffset() {
    return keyAt;
  }

  @Override
  public int keyLength() {
    return keyLength;
  }

  @Override
  public long valueOffset() {
    return keyAt + keyLength;
  }

  @Override
  public int valueLength() {
    return (int) (end - keyAt) - keyLength;
  }

  @Override
  public long sequence() {
    return Block.sequence(s, at, count, shape, index);
  }

  @Override
  public byte kind() {
    return Block.kind(s, at, count, shape, index);
  }

  @Override
  public boolean staysInPlace() {
    return source != null && (source.staysInPlace() || (index > 0 && index < count - 1));
  }

  @Override
  public void close() {
    index = -1;
    if (source != null) {
      source.close();
      source = null;
    }
  }
}
