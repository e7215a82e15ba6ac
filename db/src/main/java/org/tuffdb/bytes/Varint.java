package org.tuffdb.bytes;

/// Non-negative ints in one to five bytes: seven bits each, the lowest first, the top bit set on
/// all but the last.
public final class Varint {
  public static final int BYTES_MAX = 5;

  private Varint() {}

  /// Writes `value` at `offset` and returns the offset behind it.
  public static int put(byte[] bytes, int offset, int value) {
    int rest = value;
    int at = offset;
    while (rest >= 0x80) {
      bytes[at++] = (byte) (rest | 0x80);
      rest >>>= 7;
    }
    bytes[at++] = (byte) rest;
    return at;
  }

  /// Reads the value at `offset`, which must lie before `end`; -1 if what stands there is no varint
  /// of a non-negative int in its shortest form.
  public static int get(byte[] bytes, int offset, int end) {
    int value = 0;
    for (int at = offset, shift = 0; at < end && shift < 35; at++, shift += 7) {
      int b = bytes[at];
      value |= (b & 0x7F) << shift;
      if (b >= 0) {
        boolean shortest = sizeBytes(value) == at - offset + 1;
        return shortest && value >= 0 && (shift < 28 || b < 8) ? value : -1;
      }
    }
    return -1;
  }

  /// How many bytes `value` takes.
  public static int sizeBytes(int value) {
    return value < 1 << 7 ? 1 : value < 1 << 14 ? 2 : value < 1 << 21 ? 3 : value < 1 << 28 ? 4 : 5;
  }
}
