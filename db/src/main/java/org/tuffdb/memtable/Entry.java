package org.tuffdb.memtable;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import org.tuffdb.bytes.Keys;

/// An entry, as it lies in a memtable's segment; written once and never changed.
///
/// ```
/// offset  size
///      0     8  sequence << 8 | kind
///      8     4  length of the key
///     12     4  length of the value
///     16        key, value, and up to seven bytes to the next multiple of 8
/// ```
///
/// Inside a node, an entry goes by its *reference*: its offset in units of eight bytes, as an
/// unsigned int. Reference 0 is the null entry: all zeros, so that a reader may load it by mistake.
final class Entry {
  static final int UNIT_SHIFT = 3;
  static final int HEADER_BYTES = 16;

  private static final int KEY_LENGTH = 8;
  private static final int VALUE_LENGTH = 12;

  private static final VarHandle ARRAY_LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.nativeOrder());
  private static final VarHandle ARRAY_INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.nativeOrder());

  private Entry() {}

  static long sizeBytes(int keyLength, int valueLength) {
    return (HEADER_BYTES + (long) keyLength + valueLength + 7) & -8;
  }

  static long offset(int reference) {
    return (reference & 0xffff_ffffL) << UNIT_SHIFT;
  }

  static int reference(long offset) {
    return (int) (offset >>> UNIT_SHIFT);
  }

  static void write(
      MemorySegment segment,
      long entry,
      long sequence,
      byte kind,
      byte[] source,
      int keyOffset,
      int keyLength,
      int valueOffset,
      int valueLength) {
    segment.set(ValueLayout.JAVA_LONG, entry, sequence << 8 | kind);
    segment.set(ValueLayout.JAVA_INT, entry + KEY_LENGTH, keyLength);
    segment.set(ValueLayout.JAVA_INT, entry + VALUE_LENGTH, valueLength);
    long key = entry + HEADER_BYTES;
    Keys.copy(source, keyOffset, segment, key, keyLength);
    MemorySegment.copy(
        source, valueOffset, segment, ValueLayout.JAVA_BYTE, key + keyLength, valueLength);
  }

  /// The same into an array, which then goes into a segment as it is.
  static void write(
      byte[] to,
      int entry,
      long sequence,
      byte kind,
      byte[] source,
      int keyOffset,
      int keyLength,
      int valueOffset,
      int valueLength) {
    ARRAY_LONG.set(to, entry, sequence << 8 | kind);
    ARRAY_INT.set(to, entry + KEY_LENGTH, keyLength);
    ARRAY_INT.set(to, entry + VALUE_LENGTH, valueLength);
    int key = entry + HEADER_BYTES;
    System.arraycopy(source, keyOffset, to, key, keyLength);
    System.arraycopy(source, valueOffset, to, key + keyLength, valueLength);
  }

  static byte kind(MemorySegment segment, long entry) {
    return (byte) segment.get(ValueLayout.JAVA_LONG, entry);
  }

  static long sequence(MemorySegment segment, long entry) {
    return segment.get(ValueLayout.JAVA_LONG, entry) >>> 8;
  }

  static int keyLength(MemorySegment segment, long entry) {
    return segment.get(ValueLayout.JAVA_INT, entry + KEY_LENGTH);
  }

  static int valueLength(MemorySegment segment, long entry) {
    return segment.get(ValueLayout.JAVA_INT, entry + VALUE_LENGTH);
  }

  static long keyOffset(long entry) {
    return entry + HEADER_BYTES;
  }

  static long valueOffset(MemorySegment segment, long entry) {
    return entry + HEADER_BYTES + keyLength(segment, entry);
  }

  static void copyKey(MemorySegment segment, long entry, byte[] to) {
    MemorySegment.copy(
        segment, ValueLayout.JAVA_BYTE, keyOffset(entry), to, 0, keyLength(segment, entry));
  }

  /// The word of the key from its byte `from` on: see [Keys].
  static long keyWord(MemorySegment segment, long entry, int from) {
    return Keys.word(segment, entry + HEADER_BYTES, keyLength(segment, entry), from);
  }

  /// Compares a key with that of an entry.
  static int compareKey(byte[] source, int offset, int length, MemorySegment segment, long entry) {
    return Keys.compare(
        source, offset, length, segment, entry + HEADER_BYTES, keyLength(segment, entry));
  }

  static int compareKeys(MemorySegment segment, long a, long b) {
    return Keys.compare(
        segment,
        a + HEADER_BYTES,
        keyLength(segment, a),
        segment,
        b + HEADER_BYTES,
        keyLength(segment, b));
  }

  static int keyByte(MemorySegment segment, long entry, int position) {
    return segment.get(ValueLayout.JAVA_BYTE, entry + HEADER_BYTES + position) & 0xff;
  }

  /// How many bytes a key shares with that of an entry.
  static int commonPrefix(
      byte[] source, int offset, int length, MemorySegment segment, long entry) {
    return Keys.commonPrefix(
        source, offset, length, segment, entry + HEADER_BYTES, keyLength(segment, entry));
  }

  static int commonPrefix(MemorySegment segment, long a, long b) {
    return Keys.commonPrefix(
        segment,
        a + HEADER_BYTES,
        keyLength(segment, a),
        segment,
        b + HEADER_BYTES,
        keyLength(segment, b));
  }
}
