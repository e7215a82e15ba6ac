package org.tuffdb.memtable;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.tuffdb.bytes.Hash;
import org.tuffdb.entry.EntryCursor;
import org.tuffdb.entry.Found;
import org.tuffdb.entry.Kind;

class MemtableTest {
  private static final long SEED = 20261122;

  private final SegmentPool pool = new SegmentPool(8 << 20);

  @ParameterizedTest
  @EnumSource
  void holdsWhatTheModelHolds(KeyShape shape) {
    for (int count : new int[] {0, 1, 2, 63, 64, 65, 300, 5_000, 60_000}) {
      Random random = new Random(SEED + count);
      MemtableModel both = filled(shape, random, Math.min(count, shape.countMax()));
      both.checkForwards();
      both.checkBackwards();
      both.checkMemory();
      List<byte[]> keys = both.model.keySet().stream().map(k -> k.key).toList();
      for (int i = 0; i < Math.min(count, 3_000); i++) {
        byte[] key = keys.get(random.nextInt(keys.size()));
        both.checkFind(key, Long.MAX_VALUE >>> 8);
        both.checkFind(key, random.nextLong(both.sequence + 2));
        both.checkFind(shape.key(random, random.nextInt()), both.sequence);
        both.checkFind(nearby(random, key), both.sequence);
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void cursorGoesWhereTheModelGoes(KeyShape shape) {
    for (int count : new int[] {0, 1, 65, 20_000}) {
      Random random = new Random(SEED + count);
      MemtableModel both = filled(shape, random, Math.min(count, shape.countMax()));
      List<MemtableModel.InternalKey> keys = new ArrayList<>(both.model.keySet());
      EntryCursor cursor = both.memtable.cursor();
      MemtableModel.InternalKey at = null;
      for (int step = 0; step < 20_000; step++) {
        boolean there;
        switch (random.nextInt(40)) {
          case 0 -> {
            there = cursor.first();
            at = both.model.isEmpty() ? null : both.model.firstKey();
          }
          case 1 -> {
            there = cursor.last();
            at = both.model.isEmpty() ? null : both.model.lastKey();
          }
          case 2, 3 -> {
            byte[] key =
                keys.isEmpty() || random.nextBoolean()
                    ? shape.key(random, random.nextInt(count + 1))
                    : nearby(random, keys.get(random.nextInt(keys.size())).key);
            long sequence = random.nextLong(both.sequence + 2);
            there = cursor.seek(key, sequence);
            at = both.model.ceilingKey(new MemtableModel.InternalKey(key, sequence));
          }
          default -> {
            boolean forwards = random.nextInt(20) < (step / 1_000 % 20);
            there = forwards ? cursor.next() : cursor.previous();
            if (at != null) {
              at = forwards ? both.model.higherKey(at) : both.model.lowerKey(at);
            }
          }
        }
        assertThat(there).isEqualTo(at != null);
        if (at != null) {
          both.checkCursor(cursor, both.model.ceilingEntry(at));
        }
      }
    }
  }

  @Test
  void cursorKeepsItsPlaceWhileTheTreeGrowsAroundIt() {
    Random random = new Random(SEED);
    MemtableModel both = new MemtableModel(pool, 64 << 20);
    EntryCursor cursor = both.memtable.cursor();
    for (int i = 0; i < 200_000; i++) {
      both.putRandom(random, KeyShape.RANDOM_16.key(random, i), 20);
      if (i % 1_000 == 0) {
        assertThat(cursor.seek(KeyShape.RANDOM_16.key(random, i), 0) || cursor.first()).isTrue();
      }
      long before = both.sequence;
      byte[] key = MemtableModel.bytes(cursor.segment(), cursor.keyOffset(), cursor.keyLength());
      long from = cursor.sequence();
      if (cursor.next()) {
        var next = both.model.higherKey(new MemtableModel.InternalKey(key, from));
        assertThat(next).isNotNull();
        // what was put after the cursor was positioned may be left out
        while (next.sequence != cursor.sequence()) {
          assertThat(next.sequence).isGreaterThan(before - 1_001);
          next = both.model.higherKey(next);
        }
      } else {
        assertThat(cursor.first()).isTrue();
      }
    }
  }

  @Test
  void aValueLargerThanTheCapacityFitsAnEmptyMemtable() {
    MemtableModel both = new MemtableModel(pool, 64 << 10);
    long bytes = Memtable.entryBytesMax(3, 5 << 20);
    assertThat(both.memtable.hasRoom(bytes)).isFalse();
    both.put(new byte[] {1, 2, 3}, Kind.PUT, new byte[5 << 20]);
    both.checkFind(new byte[] {1, 2, 3}, 1);
    both.checkMemory();
    assertThat(both.memtable.hasRoom(1)).isFalse();
  }

  @Test
  void beginsSmallAndStaysWithinTheCapacityThatItWasGiven() {
    long capacity = 3 << 20;
    MemtableModel both = new MemtableModel(pool, capacity);
    assertThat(both.memtable.reservedBytes()).isEqualTo(64 << 10);
    Random random = new Random(SEED);
    while (both.memtable.hasRoom(Memtable.entryBytesMax(16, 100))) {
      both.put(KeyShape.RANDOM_16.key(random, 0), Kind.PUT, new byte[100]);
    }
    assertThat(both.memtable.segment().byteSize()).isEqualTo(KeyFilter.treeBytes(capacity));
    assertThat(both.memtable.usedBytes()).isBetween(capacity * 85 / 100, capacity);
  }

  /// They are in the heap, and their bytes in the segment say little about that.
  @Test
  void someThousandRangeDeletesFillIt() {
    Memtable memtable = new Memtable(pool, 64 << 20, 0);
    long bytes = Memtable.entryBytesMax(1, 2);
    int count = 0;
    while (memtable.hasRoom(bytes)) {
      memtable.reserve(bytes);
      memtable.deleteRange(++count, new byte[1], new byte[2]);
    }
    assertThat(count).isEqualTo(4096);
  }

  @Test
  void putWithoutRoomFailsBeforeItWritesAnything() {
    Memtable memtable = new Memtable(pool, 64 << 10, 0);
    assertThatThrownBy(() -> memtable.put(1, Kind.PUT, new byte[100_000], 0, 8, 8, 90_000))
        .isInstanceOf(IllegalStateException.class);
    assertThat(memtable.entryCount()).isZero();
    assertThat(memtable.find(new byte[8], Hash.of(new byte[8]), 1, new Found())).isFalse();
  }

  @Test
  void deleteRangeWithoutRoomFailsBeforeItDeletesAnything() {
    Memtable memtable = new Memtable(pool, 64 << 10, 0);
    byte[] start = new byte[40_000];
    byte[] limit = new byte[50_000];
    assertThatThrownBy(() -> memtable.deleteRange(1, start, limit))
        .isInstanceOf(IllegalStateException.class);
    assertThat(memtable.isEmpty()).isTrue();
    assertThat(memtable.rangeDeletes().isEmpty()).isTrue();

    memtable.reserve(Memtable.entryBytesMax(start.length, limit.length));
    memtable.deleteRange(1, start, limit);
    assertThat(memtable.rangeDeletes().count()).isEqualTo(1);
  }

  private MemtableModel filled(KeyShape shape, Random random, int count) {
    MemtableModel both = new MemtableModel(pool, 64 << 20);
    int valueLengthMax = random.nextInt(40);
    for (int i = 0; i < count; i++) {
      both.putRandom(random, shape.key(random, i), valueLengthMax);
    }
    return both;
  }

  private static byte[] nearby(Random random, byte[] key) {
    byte[] near = key.clone();
    switch (random.nextInt(3)) {
      case 0 -> near[random.nextInt(near.length)]++;
      case 1 -> near = Arrays.copyOf(near, Math.max(1, near.length - 1));
      default -> near = Arrays.copyOf(near, near.length + 1);
    }
    return near;
  }
}
