package org.tuffdb.entry;

import java.lang.foreign.MemorySegment;

/// Walks over entries in their internal order: by key as unsigned bytes, and the newest first among
/// those of one key.
///
/// A new cursor stands nowhere. The accessors hold for the entry it stands on, until it moves. If a
/// move throws, it stands nowhere, and only `first`, `last` and `seek` may follow. Nothing is
/// allocated by moving. One thread uses a cursor at a time.
public interface EntryCursor extends AutoCloseable {
  /// Goes to the first entry; false if there is none.
  boolean first();

  /// Goes to the last entry; false if there is none.
  boolean last();

  /// Goes to the first entry that is not before (key, sequence): with that key and at most that
  /// sequence, or with a larger key; false if there is none.
  boolean seek(byte[] key, long sequence);

  /// Goes one entry on; false at the end, where the cursor then stands nowhere.
  boolean next();

  /// Goes one entry back; false at the beginning, where the cursor then stands nowhere.
  boolean previous();

  /// What the offsets below count from. It may change when the cursor moves.
  MemorySegment segment();

  long keyOffset();

  int keyLength();

  long valueOffset();

  int valueLength();

  long sequence();

  /// One of [Kind].
  byte kind();

  /// Whether a step to the next or the previous entry leaves the bytes of this entry where they
  /// are, and those of the ones before that it has left in the same way.
  default boolean staysInPlace() {
    return true;
  }

  /// What to throw if the entry cannot be: of a file it says which, and where.
  default RuntimeException damage(String what) {
    return new IllegalStateException(what);
  }

  /// Lets go of what the cursor holds in place. It is not used afterwards.
  @Override
  default void close() {}
}
