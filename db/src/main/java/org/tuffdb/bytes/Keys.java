package org.tuffdb.bytes;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/// Keys compare as unsigned bytes, eight at a time; where one key begins another, it comes first.
///
/// A *word* is eight bytes of a key, from some position on, as a big-endian number; where the key
/// ends before, zeros stand in. So words never contradict the order of their keys, but they may
/// tie.
public final class Keys {
  private static final VarHandle ARRAY_LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);
  private static final ValueLayout.OfLong SEGMENT_LONG =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

  private Keys() {}

  /// Whether `key` lies below `limit`; an empty limit is the end of all keys.
  public static boolean isBelow(byte[] key, byte[] limit) {
    return limit.length == 0 || Arrays.compareUnsigned(key, limit) < 0;
  }

  /// The lower one of two keys, of which an empty one comes before all.
  public static byte[] lowerKey(byte[] a, byte[] b) {
    return Arrays.compareUnsigned(a, b) < 0 ? a : b;
  }

  /// The lower one of two limits, of which an empty one is the end of all keys.
  public static byte[] lowerLimit(byte[] a, byte[] b) {
    return a.length > 0 && isBelow(a, b) ? a : b;
  }

  /// The higher one of two limits, of which an empty one is the end of all keys.
  public static byte[] higherLimit(byte[] a, byte[] b) {
    return a.length > 0 && isBelow(a, b) ? b : a;
  }

  /// The key that comes next after `key`: what lies below it is `key` or smaller.
  public static byte[] successor(byte[] key) {
    return Arrays.copyOf(key, key.length + 1);
  }

  public static int compare(
      byte[] a, int aOffset, int aLength, MemorySegment b, long bOffset, int bLength) {
    int common = Math.min(aLength, bLength);
    int i = 0;
    for (; i <= common - Long.BYTES; i += Long.BYTES) {
      long x = (long) ARRAY_LONG.get(a, aOffset + i);
      long y = b.get(SEGMENT_LONG, bOffset + i);
      if (x != y) {
        return Long.compareUnsigned(x, y);
      }
    }
    for (; i < common; i++) {
      int difference = (a[aOffset + i] & 0xff) - (b.get(ValueLayout.JAVA_BYTE, bOffset + i) & 0xff);
      if (difference != 0) {
        return difference;
      }
    }
    return aLength - bLength;
  }

  public static int compare(
      MemorySegment a, long aOffset, int aLength, MemorySegment b, long bOffset, int bLength) {
    int common = Math.min(aLength, bLength);
    int i = 0;
    for (; i <= common - Long.BYTES; i += Long.BYTES) {
      long x = a.get(SEGMENT_LONG, aOffset + i);
      long y = b.get(SEGMENT_LONG, bOffset + i);
      if (x != y) {
        return Long.compareUnsigned(x, y);
      }
    }
    for (; i < common; i++) {
      int difference =
          (a.get(ValueLayout.JAVA_BYTE, aOffset + i) & 0xff)
              - (b.get(ValueLayout.JAVA_BYTE, bOffset + i) & 0xff);
      if (difference != 0) {
        return difference;
      }
    }
    return aLength - bLength;
  }

  /// Whether two keys of the same length are the same. It begins at their ends, as neighbours in an
  /// order nearly always differ there.
  public static boolean isSame(
      MemorySegment a, long aOffset, MemorySegment b, long bOffset, int length) {
    int i = length;
    for (; i >= Long.BYTES; i -= Long.BYTES) {
      int at = i - Long.BYTES;
      if (a.get(SEGMENT_LONG, aOffset + at) != b.get(SEGMENT_LONG, bOffset + at)) {
        return false;
      }
    }
    while (i > 0
        && a.get(ValueLayout.JAVA_BYTE, aOffset + i - 1)
            == b.get(ValueLayout.JAVA_BYTE, bOffset + i - 1)) {
      i--;
    }
    return i == 0;
  }

  /// Copies a key. For something so short, this is faster than the JDK's way through a stub.
  public static void copy(byte[] from, int offset, MemorySegment to, long toOffset, int length) {
    int i = 0;
    for (; i <= length - Long.BYTES; i += Long.BYTES) {
      to.set(SEGMENT_LONG, toOffset + i, (long) ARRAY_LONG.get(from, offset + i));
    }
    for (; i < length; i++) {
      to.set(ValueLayout.JAVA_BYTE, toOffset + i, from[offset + i]);
    }
  }

  public static int commonPrefix(
      byte[] a, int aOffset, int aLength, MemorySegment b, long bOffset, int bLength) {
    int common = Math.min(aLength, bLength);
    int i = 0;
    for (; i <= common - Long.BYTES; i += Long.BYTES) {
      long difference = (long) ARRAY_LONG.get(a, aOffset + i) ^ b.get(SEGMENT_LONG, bOffset + i);
      if (difference != 0) {
        return i + (Long.numberOfLeadingZeros(difference) >>> 3);
      }
    }
    while (i < common && a[aOffset + i] == b.get(ValueLayout.JAVA_BYTE, bOffset + i)) {
      i++;
    }
    return i;
  }

  /// How many leading bytes are the same.
  public static int commonPrefix(
      MemorySegment a, long aOffset, int aLength, MemorySegment b, long bOffset, int bLength) {
    int common = Math.min(aLength, bLength);
    int i = 0;
    for (; i <= common - Long.BYTES; i += Long.BYTES) {
      long difference = a.get(SEGMENT_LONG, aOffset + i) ^ b.get(SEGMENT_LONG, bOffset + i);
      if (difference != 0) {
        return i + (Long.numberOfLeadingZeros(difference) >>> 3);
      }
    }
    while (i < common
        && a.get(ValueLayout.JAVA_BYTE, aOffset + i) == b.get(ValueLayout.JAVA_BYTE, bOffset + i)) {
      i++;
    }
    return i;
  }

  /// The word of the key `source[offset .. offset + length)` from its byte `from` on.
  public static long word(byte[] source, int offset, int length, int from) {
    int missing = from + Long.BYTES - length;
    if (missing <= 0) {
      return (long) ARRAY_LONG.get(source, offset + from);
    }
    if (missing >= Long.BYTES) {
      return 0;
    }
    int end = offset + length;
    if (end >= Long.BYTES) { // what stands before the key is shifted out
      return (long) ARRAY_LONG.get(source, end - Long.BYTES) << (missing << 3);
    }
    long word = 0;
    for (int i = offset + from; i < end; i++) {
      word = (word << 8) | (source[i] & 0xff);
    }
    return word << (missing << 3);
  }

  /// The same for a key in a segment. At least seven readable bytes must stand before the key.
  public static long word(MemorySegment source, long offset, int length, int from) {
    int missing = from + Long.BYTES - length;
    if (missing <= 0) {
      return source.get(SEGMENT_LONG, offset + from);
    }
    if (missing >= Long.BYTES) {
      return 0;
    }
    return source.get(SEGMENT_LONG, offset + length - Long.BYTES) << (missing << 3);
  }
}
