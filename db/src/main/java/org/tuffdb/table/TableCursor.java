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

  private void load(int wanted) {
    BlockSource from = source;
    if (from == null) {
      from = sweeping ? table.sweptBlocks() : table.heldBlocks();
      source = from;
    }
    index = -1;
    table.load(from, wanted);
    s = from.segment();
    at = from.offset();
    block = wanted;
    count = Block.count(s, at);
    shape = Block.shape(s, at);
    if (sweeping) {
      requireWithinBounds(0);
      requireWithinBounds(count - 1);
    }
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

  private boolean stand(int wanted) {
    index = wanted;
    keyAt = Block.keyOffset(s, at, count, shape, wanted);
    keyLength = Block.keyLength(s, at, count, shape, wanted);
    end = Block.keyOffset(s, at, count, shape, wanted + 1);
    return true;
  }

  @Override
  public boolean first() {
    return enter(0, true);
  }

  @Override
  public boolean last() {
    return enter(blocks - 1, false);
  }

  private boolean enter(int wanted, boolean atFirst) {
    index = -1;
    if (wanted < 0 || wanted >= blocks) {
      return false;
    }
    load(wanted);
    return stand(atFirst ? 0 : count - 1);
  }

  @Override
  public boolean seek(byte[] key, long sequence) {
    index = -1;
    for (int i = blocks == 0 ? 0 : table.findBlock(key); i < blocks; i++) {
      load(i);
      int found = Block.lowerBound(s, at, key, sequence);
      if (found < count) {
        return stand(found);
      }
    }
    return false;
  }

  @Override
  public boolean next() {
    int following = index + 1;
    if (index < 0 || following == count) {
      return index >= 0 && enter(block + 1, true);
    }
    index = following;
    keyAt = end;
    keyLength = Block.keyLength(s, at, count, shape, following);
    end = Block.keyOffset(s, at, count, shape, following + 1);
    return true;
  }

  @Override
  public boolean previous() {
    if (index <= 0) {
      return index == 0 && enter(block - 1, false);
    }
    index--;
    end = keyAt;
    keyLength = Block.keyLength(s, at, count, shape, index);
    keyAt = Block.keyOffset(s, at, count, shape, index);
    return true;
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
