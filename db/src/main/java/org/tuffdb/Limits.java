package org.tuffdb;

import org.tuffdb.entry.BatchFormat;

/// What keys and values may be, checked before anything is touched.
final class Limits {
  private Limits() {}

  static void requireKey(byte[] key) {
    if (key.length == 0 || key.length > BatchFormat.KEY_BYTES_MAX) {
      throw new IllegalArgumentException(
          "the key has %d bytes; keys have from 1 to %d"
              .formatted(key.length, BatchFormat.KEY_BYTES_MAX));
    }
  }

  static void requireValue(byte[] value) {
    if (value.length > BatchFormat.VALUE_BYTES_MAX) {
      throw new IllegalArgumentException(
          "the value has %d bytes; values have at most %d"
              .formatted(value.length, BatchFormat.VALUE_BYTES_MAX));
    }
  }
}
