package org.tuffdb;

import java.nio.charset.StandardCharsets;
import org.tuffdb.entry.BatchFormat;

/// What keys and values may be, checked before anything is touched.
final class Limits {
  private static final int KEYSPACE_NAME_LENGTH_MAX = 255;

  private Limits() {}

  static void requireKey(byte[] key) {
    if (key.length == 0 || key.length > BatchFormat.KEY_BYTES_MAX) {
      throw new IllegalArgumentException(
          "the key has %d bytes; keys have from 1 to %d"
              .formatted(key.length, BatchFormat.KEY_BYTES_MAX));
    }
  }

  static void requireBounds(byte[] from, byte[] to) {
    if (from.length > BatchFormat.KEY_BYTES_MAX || to.length > BatchFormat.LIMIT_BYTES_MAX) {
      throw new IllegalArgumentException(
          "the range goes from %d to %d bytes; keys have at most %d"
              .formatted(from.length, to.length, BatchFormat.KEY_BYTES_MAX));
    }
  }

  static void requireValue(byte[] value) {
    if (value.length > BatchFormat.VALUE_BYTES_MAX) {
      throw new IllegalArgumentException(
          "the value has %d bytes; values have at most %d"
              .formatted(value.length, BatchFormat.VALUE_BYTES_MAX));
    }
  }

  /// The manifest keeps names as UTF-8, which has no place for half of a surrogate pair.
  static void requireKeyspaceName(String name) {
    if (name.isEmpty() || name.length() > KEYSPACE_NAME_LENGTH_MAX) {
      throw new IllegalArgumentException(
          "a keyspace's name has from 1 to %d characters, not %d"
              .formatted(KEYSPACE_NAME_LENGTH_MAX, name.length()));
    }
    if (!StandardCharsets.UTF_8.newEncoder().canEncode(name)) {
      throw new IllegalArgumentException("a keyspace's name holds half of a surrogate pair");
    }
  }
}
