package org.tuffdb.torture;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.tuffdb.Cursor;
import org.tuffdb.Db;
import org.tuffdb.KeyRange;
import org.tuffdb.Queryable;

/// All that a store holds, as scans of it find.
final class Contents {
  private final Map<String, Map<String, String>> keyspaces = new HashMap<>();

  static Contents of(Db db) {
    Contents contents = new Contents();
    for (String name : db.keyspaces()) {
      contents.keyspaces.put(name, scan(name, db.keyspace(name)));
    }
    return contents;
  }

  /// The same, after a get of each key has said what the scans say.
  static Contents checked(Db db) {
    Contents contents = of(db);
    contents.keyspaces.forEach((name, scanned) -> checkGets(name, db.keyspace(name), scanned));
    return contents;
  }

  @Nullable String get(String keyspace, String key) {
    return keyspaces.getOrDefault(keyspace, Map.of()).get(key);
  }

  Iterable<String> values() {
    return () -> keyspaces.values().stream().flatMap(keys -> keys.values().stream()).iterator();
  }

  private static Map<String, String> scan(String name, Queryable keyspace) {
    Map<String, String> found = new HashMap<>();
    byte[] last = new byte[0];
    try (Cursor cursor = keyspace.scan(KeyRange.all())) {
      while (cursor.next()) {
        byte[] key = cursor.key();
        if (Arrays.compareUnsigned(last, key) >= 0) {
          throw new Violation("a scan of " + name + " is out of order at " + Change.text(key));
        }
        found.put(Change.text(key), Change.text(cursor.value()));
        last = key;
      }
    }
    return found;
  }

  private static void checkGets(String name, Queryable keyspace, Map<String, String> scanned) {
    int known = 0;
    for (int writer = 0; writer < Step.WRITERS; writer++) {
      for (int i = 0; i < Step.KEYS; i++) {
        String key = Step.key(writer, i);
        byte @Nullable [] got = keyspace.get(Change.bytes(key));
        @Nullable String there = scanned.get(key);
        known += there == null ? 0 : 1;
        if (got == null ? there != null : !Change.text(got).equals(there)) {
          throw new Violation("a get and a scan differ at " + key + " of " + name);
        }
      }
    }
    if (known != scanned.size()) {
      throw new Violation("keys in " + name + " that nobody wrote");
    }
  }
}
