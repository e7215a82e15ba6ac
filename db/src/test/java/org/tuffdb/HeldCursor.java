package org.tuffdb;

import java.util.Arrays;
import java.util.Map;
import java.util.NavigableMap;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/// A cursor, and what it must show wherever it goes and however long it is open.
final class HeldCursor implements AutoCloseable {
  final Model.Space space;

  /// Null if it is of the store itself.
  final @Nullable Snapshot snapshot;

  /// How much had been written, and how many changes of tables there had been, when it moved last.
  long movedAtBytes;

  long movedAtChanges;

  private final Cursor cursor;
  private final KeyRange range;
  private final byte[][] keys;
  private final byte[][] values;

  /// Where it must stand: -1 is before all keys, and their number is behind them.
  private int at = -1;

  HeldCursor(
      Queryable from,
      Model.Space space,
      @Nullable Snapshot snapshot,
      KeyRange range,
      NavigableMap<byte[], byte[]> content) {
    this.space = space;
    this.snapshot = snapshot;
    this.range = range;
    NavigableMap<byte[], byte[]> part = Model.within(content, range);
    NavigableMap<byte[], byte[]> ordered = range.isReversed() ? part.descendingMap() : part;
    keys = new byte[ordered.size()][];
    values = new byte[keys.length][];
    int count = 0;
    for (Map.Entry<byte[], byte[]> entry : ordered.entrySet()) {
      keys[count] = entry.getKey();
      values[count++] = entry.getValue();
    }
    cursor = from.scan(range);
  }

  int size() {
    return keys.length;
  }

  /// Looks again at where it stands.
  void look() {
    if (at >= 0 && at < keys.length) {
      requireStanding();
    }
  }

  void move(SplittableRandom random, byte[] someKey) {
    switch (random.nextInt(16)) {
      case 0 -> first();
      case 1 -> last();
      case 2, 3 -> seek(someKey);
      case 4, 5, 6, 7, 8 -> previous();
      default -> next();
    }
  }

  void first() {
    at = 0;
    require(cursor.first());
  }

  void last() {
    at = keys.length - 1;
    require(cursor.last());
  }

  void next() {
    at = Math.min(keys.length, at + 1);
    require(cursor.next());
  }

  void previous() {
    at = Math.max(-1, at - 1);
    require(cursor.previous());
  }

  void seek(byte[] key) {
    int low = 0;
    int high = keys.length;
    while (low < high) {
      int middle = (low + high) >>> 1;
      int order = Arrays.compareUnsigned(keys[middle], key);
      if (range.isReversed() ? order > 0 : order < 0) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    at = low;
    require(cursor.seek(key));
  }

  private void require(boolean found) {
    if (found != (at >= 0 && at < keys.length)) {
      throw new AssertionError(
          "%s: a cursor over %s must be at %d of %d, and says %s%s"
              .formatted(
                  space.name,
                  range,
                  at,
                  keys.length,
                  found,
                  found ? ": " + ModelCheck.text(cursor.key()) : ""));
    }
    if (found) {
      requireStanding();
    }
  }

  private void requireStanding() {
    byte[] key = cursor.key();
    byte[] value = cursor.value();
    if (!Arrays.equals(key, keys[at]) || !Arrays.equals(value, values[at])) {
      throw new AssertionError(
          "%s: a cursor over %s must be at %d of %d, %s = %s, and is at %s = %s"
              .formatted(
                  space.name,
                  range,
                  at,
                  keys.length,
                  ModelCheck.text(keys[at]),
                  ModelCheck.text(values[at]),
                  ModelCheck.text(key),
                  ModelCheck.text(value)));
    }
    if (cursor.keySegment().byteSize() != key.length
        || cursor.valueSegment().byteSize() != value.length) {
      throw new AssertionError("a segment has another size than its array");
    }
  }

  Cursor cursor() {
    return cursor;
  }

  @Override
  public void close() {
    cursor.close();
  }
}
