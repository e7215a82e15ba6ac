package org.tuffdb.compact;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import org.tuffdb.compact.ModelTable.Entry;
import org.tuffdb.entry.EntryCursor;

/// Walks forwards over a list.
final class ListCursor implements EntryCursor {
  /// Whoever reads a key by words may read so many bytes before it.
  private static final int BEFORE_KEY = 8;

  private final List<Entry> entries;
  private int at = -1;
  private MemorySegment segment = MemorySegment.NULL;
  boolean closed;

  ListCursor(List<Entry> entries) {
    this.entries = entries;
  }

  @Override
  public boolean first() {
    at = -1;
    return next();
  }

  @Override
  public boolean next() {
    if (++at >= entries.size()) {
      return false;
    }
    byte[] key = ModelTable.bytes(entries.get(at).key());
    byte[] value = ModelTable.bytes(entries.get(at).value());
    segment = Arena.ofAuto().allocate(BEFORE_KEY + key.length + value.length);
    MemorySegment.copy(key, 0, segment, ValueLayout.JAVA_BYTE, BEFORE_KEY, key.length);
    MemorySegment.copy(value, 0, segment, ValueLayout.JAVA_BYTE, valueOffset(), value.length);
    return true;
  }

  @Override
  public boolean last() {
    throw new UnsupportedOperationException();
  }

  @Override
  public boolean seek(byte[] key, long sequence) {
    throw new UnsupportedOperationException();
  }

  @Override
  public boolean previous() {
    throw new UnsupportedOperationException();
  }

  @Override
  public MemorySegment segment() {
    return segment;
  }

  @Override
  public long keyOffset() {
    return BEFORE_KEY;
  }

  @Override
  public int keyLength() {
    return entries.get(at).key().length();
  }

  @Override
  public long valueOffset() {
    return keyOffset() + keyLength();
  }

  @Override
  public int valueLength() {
    return entries.get(at).value().length();
  }

  @Override
  public long sequence() {
    return entries.get(at).sequence();
  }

  @Override
  public byte kind() {
    return entries.get(at).kind();
  }

  @Override
  public void close() {
    closed = true;
  }
}
