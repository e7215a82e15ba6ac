package org.tuffdb.version;

import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;
import org.tuffdb.bytes.Keys;
import org.tuffdb.entry.EntryCursor;
import org.tuffdb.table.Table;

/// Walks over the tables of one level as if they were one. A table is gone into only when the walk
/// comes to it, and let go of when it leaves.
final class LevelCursor implements EntryCursor {
  private final Table[] tables;
  private int at = -1;
  private @Nullable EntryCursor inner;

  LevelCursor(Table[] tables) {
    this.tables = tables;
  }

  @Override
  public boolean first() {
    return enter(0).first() || onwards();
  }

  @Override
  public boolean last() {
    return enter(tables.length - 1).last() || backwards();
  }

  @Override
  public boolean seek(byte[] key, long sequence) {
    int low = 0;
    int high = tables.length;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (Keys.isBelow(key, tables[middle].info().limit())) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    if (low == tables.length) {
      leave();
      return false;
    }
    return enter(low).seek(key, sequence) || onwards();
  }

  private void leave() {
    close();
    at = -1;
  }

  @Override
  public boolean next() {
    return inner().next() || onwards();
  }

  @Override
  public boolean previous() {
    return inner().previous() || backwards();
  }

  /// A table may hold range deletes alone.
  private boolean onwards() {
    while (at + 1 < tables.length) {
      if (enter(at + 1).first()) {
        return true;
      }
    }
    return false;
  }

  private boolean backwards() {
    while (at > 0) {
      if (enter(at - 1).last()) {
        return true;
      }
    }
    return false;
  }

  private EntryCursor enter(int table) {
    EntryCursor entered = inner;
    if (entered == null || at != table) {
      close();
      entered = tables[table].cursor();
      inner = entered;
      at = table;
    }
    return entered;
  }

  private EntryCursor inner() {
    if (inner == null) {
      throw new IllegalStateException("the cursor stands on no entry");
    }
    return inner;
  }

  @Override
  public MemorySegment segment() {
    return inner().segment();
  }

  @Override
  public long keyOffset() {
    return inner().keyOffset();
  }

  @Override
  public int keyLength() {
    return inner().keyLength();
  }

  @Override
  public long valueOffset() {
    return inner().valueOffset();
  }

  @Override
  public int valueLength() {
    return inner().valueLength();
  }

  @Override
  public long sequence() {
    return inner().sequence();
  }

  @Override
  public byte kind() {
    return inner().kind();
  }

  @Override
  public boolean staysInPlace() {
    return inner().staysInPlace();
  }

  @Override
  public void close() {
    if (inner != null) {
      inner.close();
      inner = null;
    }
  }
}
