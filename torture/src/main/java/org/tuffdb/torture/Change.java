package org.tuffdb.torture;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/// One key that is set or, without a value, removed.
record Change(String keyspace, String key, @Nullable String value) {
  /// The keyspace of the records.
  static final String RECORDS = "default";

  /// The keyspace where a part of the records is found by package.
  static final String INDEX = "index";

  byte[] keyBytes() {
    return bytes(key);
  }

  /// One byte for each character.
  static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }
}
