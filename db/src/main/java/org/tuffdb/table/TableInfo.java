package org.tuffdb.table;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.tuffdb.bytes.Keys;

/// What is known of a table without opening it: the manifest keeps it. Immutable; the arrays are
/// shared.
///
/// All keys of the table, and all its range deletes reach over, lie from `first` on and below
/// `limit`; an empty limit is the end of all keys.
public final class TableInfo {
  private final long number;
  private final long sizeBytes;
  private final byte[] first;
  private final byte[] limit;
  private final long oldestSequence;
  private final long newestSequence;
  private final long entries;
  private final long keys;
  private final long deletes;
  private final int rangeDeletes;
  private final boolean compressed;

  /// @param number the number of the file
  /// @param sizeBytes the size of the file
  /// @param oldestSequence the smallest sequence of its entries and range deletes; 1 if a merge has
  ///   forgotten when one of them was written
  /// @param newestSequence the largest of them
  /// @param entries how many entries it holds, deletes included and range deletes not
  /// @param keys how many different keys they have: the other entries are older versions that a
  ///   snapshot needed when the table was written
  /// @param deletes how many of the entries are deletes
  /// @param rangeDeletes how many range deletes it holds, after being cut into pieces
  /// @param compressed whether its blocks are compressed
  public TableInfo(
      long number,
      long sizeBytes,
      byte[] first,
      byte[] limit,
      long oldestSequence,
      long newestSequence,
      long entries,
      long keys,
      long deletes,
      int rangeDeletes,
      boolean compressed) {
    this.number = number;
    this.sizeBytes = sizeBytes;
    this.first = first;
    this.limit = limit;
    this.oldestSequence = oldestSequence;
    this.newestSequence = newestSequence;
    this.entries = entries;
    this.keys = keys;
    this.deletes = deletes;
    this.rangeDeletes = rangeDeletes;
    this.compressed = compressed;
  }

  public long number() {
    return number;
  }

  public long sizeBytes() {
    return sizeBytes;
  }

  public byte[] first() {
    return first;
  }

  public byte[] limit() {
    return limit;
  }

  public long oldestSequence() {
    return oldestSequence;
  }

  public long newestSequence() {
    return newestSequence;
  }

  public long entries() {
    return entries;
  }

  public long keys() {
    return keys;
  }

  public long deletes() {
    return deletes;
  }

  public int rangeDeletes() {
    return rangeDeletes;
  }

  public boolean isCompressed() {
    return compressed;
  }

  /// Whether the table may say anything about `key`.
  public boolean covers(byte[] key) {
    return Arrays.compareUnsigned(first, key) <= 0 && Keys.isBelow(key, limit);
  }

  /// Whether the table may say anything about a key from `start` on and below `end`, an empty end
  /// being the end of all keys.
  public boolean overlaps(byte[] start, byte[] end) {
    return Keys.isBelow(first, end) && Keys.isBelow(start, limit);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof TableInfo that
        && number == that.number
        && sizeBytes == that.sizeBytes
        && Arrays.equals(first, that.first)
        && Arrays.equals(limit, that.limit)
        && oldestSequence == that.oldestSequence
        && newestSequence == that.newestSequence
        && entries == that.entries
        && keys == that.keys
        && deletes == that.deletes
        && rangeDeletes == that.rangeDeletes
        && compressed == that.compressed;
  }

  @Override
  public int hashCode() {
    return Long.hashCode(number);
  }

  @Override
  public String toString() {
    return "table " + number;
  }
}
