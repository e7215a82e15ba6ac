package org.tuffdb.forge;

/// A number in a file.
///
/// @param at where it begins
/// @param bytes how many it takes, 1 to 8, the lowest first
public record Field(String name, int at, int bytes) {
  public long get(byte[] file) {
    long value = 0;
    for (int i = 0; i < bytes; i++) {
      value |= (file[at + i] & 0xffL) << (i * Byte.SIZE);
    }
    return value;
  }

  /// Sets it to the lowest bytes of `value`.
  public void set(byte[] file, long value) {
    for (int i = 0; i < bytes; i++) {
      file[at + i] = (byte) (value >>> (i * Byte.SIZE));
    }
  }
}
