package org.tuffdb.memtable;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tuffdb.entry.EntryCursor;
import org.tuffdb.entry.Kind;
import org.tuffdb.entry.MergingCursor;

/// Merges memtables, since they are what is merged.
class MergingCursorTest {
  private static final long SEED = 20261122;

  private final SegmentPool pool = new SegmentPool(1 << 20);

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3, 5, 8})
  void goesWhereTheModelOfAllInputsGoes(int inputs) {
    for (KeyShape shape : List.of(KeyShape.ONE_BYTE, KeyShape.RANDOM_TEXT, KeyShape.CLUSTERS)) {
      Random random = new Random(SEED + inputs);
      Sources sources = new Sources(inputs);
      sources.put(random, shape, inputs == 0 ? 0 : 5_000);
      sources.walk(random, shape, new MergingCursor(sources.cursors()), 50_000);
    }
  }

  @Test
  void staysInOrderWhileItsInputsGrow() {
    Random random = new Random(SEED);
    Sources sources = new Sources(3);
    EntryCursor cursor = new MergingCursor(sources.cursors());
    sources.put(random, KeyShape.RANDOM_TEXT, 200);
    for (int step = 0; step < 20_000; step++) {
      if (step % 100 == 0) {
        assertThat(cursor.seek(KeyShape.RANDOM_TEXT.key(random, 0), 0) || cursor.first()).isTrue();
      }
      sources.put(random, KeyShape.RANDOM_TEXT, 1);
      MemtableModel.InternalKey before = at(cursor);
      boolean forwards = random.nextBoolean();
      if (forwards ? cursor.next() : cursor.previous()) {
        int order = MemtableModel.InternalKey.ORDER.compare(before, at(cursor));
        assertThat(order < 0).as("step %s of seed %s", step, SEED).isEqualTo(forwards);
        assertThat(order).isNotZero();
      } else {
        assertThat(cursor.first()).isTrue();
      }
    }
  }

  private static MemtableModel.InternalKey at(EntryCursor cursor) {
    byte[] key = MemtableModel.bytes(cursor.segment(), cursor.keyOffset(), cursor.keyLength());
    return new MemtableModel.InternalKey(key, cursor.sequence());
  }

  /// Several memtables, and one model of all they hold.
  private final class Sources {
    final List<Memtable> memtables = new ArrayList<>();
    final MemtableModel all = new MemtableModel(pool, 64 << 20);

    Sources(int count) {
      for (int i = 0; i < count; i++) {
        memtables.add(new Memtable(pool, 64 << 20, 0));
      }
    }

    EntryCursor[] cursors() {
      return memtables.stream().map(Memtable::cursor).toArray(EntryCursor[]::new);
    }

    void put(Random random, KeyShape shape, int count) {
      int input = 0;
      for (int i = 0; i < count; i++) {
        if (random.nextInt(20) == 0) {
          input = random.nextInt(memtables.size());
        }
        byte[] key = shape.key(random, i);
        byte[] value = {(byte) random.nextInt()};
        all.put(key, Kind.PUT, value);
        byte[] source = Arrays.copyOf(key, key.length + 1);
        source[key.length] = value[0];
        Memtable memtable = memtables.get(input);
        memtable.reserve(Memtable.entryBytesMax(key.length, 1));
        memtable.put(all.sequence, Kind.PUT, source, 0, key.length, key.length, 1);
      }
    }

    void walk(Random random, KeyShape shape, EntryCursor cursor, int steps) {
      MemtableModel.InternalKey at = null;
      for (int step = 0; step < steps; step++) {
        boolean there;
        switch (random.nextInt(60)) {
          case 0 -> {
            there = cursor.first();
            at = all.model.isEmpty() ? null : all.model.firstKey();
          }
          case 1 -> {
            there = cursor.last();
            at = all.model.isEmpty() ? null : all.model.lastKey();
          }
          case 2 -> {
            byte[] key = shape.key(random, 0);
            long sequence = random.nextLong(all.sequence + 2);
            there = cursor.seek(key, sequence);
            at = all.model.ceilingKey(new MemtableModel.InternalKey(key, sequence));
          }
          default -> {
            boolean forwards = random.nextInt(20) < step / 500 % 20;
            there = forwards ? cursor.next() : cursor.previous();
            if (at != null) {
              at = forwards ? all.model.higherKey(at) : all.model.lowerKey(at);
            }
          }
        }
        assertThat(there).as("step %s of seed %s", step, SEED).isEqualTo(at != null);
        if (at != null) {
          all.checkCursor(cursor, all.model.ceilingEntry(at));
        }
      }
    }
  }
}
