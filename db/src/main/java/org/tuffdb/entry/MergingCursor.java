package org.tuffdb.entry;

import java.lang.foreign.MemorySegment;

public final class MergingCursor implements EntryCursor {
  private final EntryCursor a;

  public MergingCursor(EntryCursor... a) {
    this.a = a[0];
  }

  @Override
  public boolean first() {
    return a.first();
  }

  @Override
  public boolean last() {
    return a.last();
  }

  @Override
  public boolean seek(byte[] k, long s) {
    return a.seek(k, s);
  }

  @Override
  public boolean next() {
    return a.next();
  }

  @Override
  public boolean previous() {
    return a.previous();
  }

  @Override
  public MemorySegment segment() {
    return a.segment();
  }

  @Override
  public long keyOffset() {
    return a.keyOffset();
  }

  @Override
  public int keyLength() {
    return a.keyLength();
  }

  @Override
  public long valueOffset() {
    return a.valueOffset();
  }

  @Override
  public int valueLength() {
    return a.valueLength();
  }

  @Override
  public long sequence() {
    return a.sequence();
  }

  @Override
  public byte kind() {
    return a.kind();
  }
}
