package org.tuffdb;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/// Reads from the store, and requires what the model says.
final class ModelCheck {
  private final SplittableRandom random;
  private final ModelShape shape;
  private final ModelStore store;

  ModelCheck(SplittableRandom random, ModelShape shape, ModelStore store) {
    this.random = random;
    this.shape = shape;
    this.store = store;
  }

  static String text(byte @Nullable [] bytes) {
    if (bytes == null) {
      return "nothing";
    }
    String hex = HexFormat.of().formatHex(bytes, 0, Math.min(bytes.length, 110));
    return "0x%s (%d bytes)".formatted(hex, bytes.length);
  }

  /// Reads one key in one of the ways there are.
  void get(Queryable from, Model.Space space, byte[] key, byte @Nullable [] expected) {
    switch (random.nextInt(4)) {
      case 0 -> {
        if (from.contains(key) != (expected != null)) {
          throw wrong(from, space, key, expected, null);
        }
      }
      case 1 -> {
        byte[] buffer = new byte[10];
        int length = from.get(key, buffer);
        int copied = Math.clamp(length, 0, buffer.length);
        if (length != (expected == null ? -1 : expected.length)
            || (expected != null && !Arrays.equals(buffer, 0, copied, expected, 0, copied))) {
          throw wrong(from, space, key, expected, Arrays.copyOf(buffer, copied));
        }
      }
      case 2 -> requireSame(from, space, key, expected, from.get(key, this::copyLate));
      default -> requireSame(from, space, key, expected, from.get(key));
    }
  }

  /// What is lent stays in place while the store goes on: other blocks are read, and tables merged
  /// and given up.
  private byte[] copyLate(MemorySegment lent) {
    byte[] copy = lent.toArray(ValueLayout.JAVA_BYTE);
    if (random.nextInt(8) > 0) {
      return copy;
    }
    for (int tasks = random.nextInt(4); tasks > 0 && store.runTask(); tasks--) {
      store.counts.add("task during a read");
    }
    for (int gets = 0; gets < 5; gets++) {
      Model.Space space = store.space();
      byte[] key = shape.key();
      requireSame(store.db(), space, key, space.now.get(key), store.keyspace(space).get(key));
    }
    return lent.toArray(ValueLayout.JAVA_BYTE);
  }

  private static void requireSame(
      Queryable from,
      Model.Space space,
      byte[] key,
      byte @Nullable [] expected,
      byte @Nullable [] found) {
    if (!Arrays.equals(expected, found)) {
      throw wrong(from, space, key, expected, found);
    }
  }

  private static AssertionError wrong(
      Queryable from,
      Model.Space space,
      byte[] key,
      byte @Nullable [] expected,
      byte @Nullable [] found) {
    return new AssertionError(
        "%s, %s: %s must be %s, and is %s"
            .formatted(
                from.getClass().getSimpleName(),
                space.name,
                text(key),
                text(expected),
                text(found)));
  }

  void compareAll() {
    if (store.db().stats().visibleSequence() != store.model.sequence()) {
      throw new AssertionError(
          "the store is at sequence %d and not at %d"
              .formatted(store.db().stats().visibleSequence(), store.model.sequence()));
    }
    for (Model.Space space : store.model.spaces()) {
      compare(store.keyspace(space), space, space.now);
    }
  }

  void compare(Queryable from, Model.Space space, NavigableMap<byte[], byte[]> expected) {
    for (Map.Entry<byte[], byte[]> entry : expected.entrySet()) {
      requireSame(from, space, entry.getKey(), entry.getValue(), from.get(entry.getKey()));
    }
    for (KeyRange range : List.of(KeyRange.all(), KeyRange.all().reversed())) {
      try (HeldCursor cursor = new HeldCursor(from, space, null, range, expected)) {
        for (int i = 0; i <= cursor.size(); i++) {
          cursor.next();
        }
      }
    }
    store.counts.add("entries compared", 3L * expected.size());
  }
}
