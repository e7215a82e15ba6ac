package org.tuffdb.compact;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Drives a store without files by what is picked.
class PickerTest {
  private static final int SEEDS = 150;

  private static CompactionOptions options(Random random) {
    int levels = 2 + random.nextInt(5);
    return new CompactionOptions(
        levels,
        1 + random.nextInt(4),
        200 + random.nextInt(2000),
        2 + random.nextInt(8),
        100 + random.nextInt(600),
        100 + random.nextInt(4000),
        2 + random.nextInt(4),
        random.nextBoolean() ? Set.of(levels - 1) : Set.of());
  }

  private static String key(Random random, int keys) {
    return "k%03d".formatted(random.nextInt(keys));
  }

  private static void write(ModelStore store, Random random, int keys) {
    switch (random.nextInt(40)) {
      case 0 -> {
        String start = random.nextInt(4) == 0 ? "" : key(random, keys);
        store.deleteRange(start, random.nextInt(4) == 0 ? "" : start + "~");
      }
      case 1 -> {
        int start = random.nextInt(keys);
        store.deleteRange(
            "k%03d".formatted(start), "k%03d".formatted(start + 1 + random.nextInt(keys / 3)));
      }
      case 2 -> store.snapshots.add(store.sequence);
      case 3, 4, 5 -> store.snapshots.pollFirst();
      case 6, 7, 8, 9, 10, 11, 12 -> store.delete(key(random, keys));
      default -> store.put(key(random, keys), "v".repeat(random.nextInt(20)));
    }
  }

  @Test
  void itComesToAnEndAndReadersSeeWhatTheyDid() throws IOException {
    for (int seed = 0; seed < SEEDS; seed++) {
      Random random = new Random(seed);
      ModelStore store = new ModelStore(options(random), ModelStore::mergeByModel);
      int keys = 20 + random.nextInt(100);
      int memtableEntries = 5 + random.nextInt(40);
      for (int i = 0; i < 600; i++) {
        write(store, random, keys);
        if (store.memtableEntries() >= memtableEntries) {
          store.flush();
          store.calm = random.nextInt(10) == 0;
          if (random.nextInt(3) == 0) {
            settle(store, "seed " + seed);
          } else {
            Shape shape = store.shape();
            store.run(Picker.pick(shape, store.options), shape);
          }
        }
      }
      store.check("seed " + seed);
      store.snapshots.clear();
      store.flush();
      store.calm = true;
      settle(store, "seed " + seed);
      store.check("seed " + seed);
    }
  }

  private static void settle(ModelStore store, String as) throws IOException {
    boolean mustWrite = Picker.pick(store.shape(), store.options) instanceof Task.Merge;
    long debt = Picker.debtBytes(store.shape(), store.options);
    store.settle(3 * store.options.levels() * (store.tables() + 10));
    if (mustWrite) {
      assertThat(debt).as("debt %s", as).isPositive();
    }
    assertThat(Picker.debtBytes(store.shape(), store.options)).as("debt %s", as).isZero();
    assertThat(Picker.pressingBytes(store.shape(), store.options)).as("debt %s", as).isZero();
  }

  @Test
  void aRangeThatIsCompactedEndsInTheLastLevelAlone() throws IOException {
    for (int seed = 0; seed < SEEDS; seed++) {
      Random random = new Random(seed);
      ModelStore store = new ModelStore(options(random), ModelStore::mergeByModel);
      fill(store, random, 80, 400, 20);
      byte[] start = ModelTable.bytes("k020");
      byte[] limit = ModelTable.bytes("k060");
      long sequence = store.sequence;
      long number = store.nextNumber;
      Task task = Picker.range(store.shape(), store.options, start, limit, sequence, number);
      for (int tasks = 0; !task.isNothing(); tasks++) {
        assertThat(tasks).as("seed %s: %s", seed, Drawing.text(task)).isLessThan(500);
        store.run(task, store.shape());
        if (random.nextInt(3) == 0) {
          fill(store, random, 80, 10, 10);
        }
        task = Picker.range(store.shape(), store.options, start, limit, sequence, number);
      }
      Shape shape = store.shape();
      for (int level = 0; level <= shape.lastLevel(); level++) {
        boolean last = level == shape.lastLevel();
        assertThat(shape.overlapping(level, start, limit))
            .as("seed %s, level %s", seed, level)
            .allMatch(t -> last ? t.number() >= number : t.oldestSequence() > sequence);
      }
      store.check("seed " + seed);
    }
  }

  private static void fill(ModelStore store, Random random, int keys, int writes, int flushAt)
      throws IOException {
    for (int i = 0; i < writes; i++) {
      write(store, random, keys);
      if (store.memtableEntries() >= flushAt) {
        store.flush();
        Shape shape = store.shape();
        store.run(Picker.pick(shape, store.options), shape);
      }
    }
    store.flush();
  }

  /// A store of 20,000 entries of 116 bytes with three levels below 0.
  private static ModelStore larger() {
    CompactionOptions options =
        new CompactionOptions(7, 4, 60_000, 10, 20_000, 200_000, 4, Set.of(6));
    ModelStore store = new ModelStore(options, ModelStore::mergeByModel);
    store.checksOrder = false;
    return store;
  }

  private static void step(ModelStore store) throws IOException {
    if (store.memtableEntries() == 200) {
      store.flush();
      store.settle(1000);
    }
  }

  private static void settleCalmly(ModelStore store) throws IOException {
    store.flush();
    store.calm = true;
    store.settle(10_000);
  }

  @ParameterizedTest
  @ValueSource(strings = {"puts", "deletes", "ranges"})
  void aSettledStoreIsSmall(String what) throws IOException {
    Random random = new Random(20261122);
    ModelStore store = larger();
    int keys = 10_000;
    for (int i = 0; i < 3 * keys; i++) {
      String key = "key-%08d".formatted(random.nextInt(keys));
      if (what.equals("deletes") && random.nextInt(5) == 0) {
        store.delete(key);
      } else if (what.equals("ranges") && random.nextInt(500) == 0) {
        store.deleteRange(key, key.substring(0, key.length() - 2) + "~");
      } else {
        store.put(key, "v".repeat(88));
      }
      step(store);
    }
    settleCalmly(store);
    assertThat(store.sizeBytes() / (double) store.liveBytes()).isBetween(1.0, 1.11);
  }

  @Test
  void afterEverythingIsDeletedNothingIsLeft() throws IOException {
    ModelStore store = larger();
    Random random = new Random(20261122);
    for (int i = 0; i < 20_000; i++) {
      store.put("key-%08d".formatted(random.nextInt(10_000)), "v".repeat(88));
      step(store);
    }
    for (int i = 0; i < 10_000; i++) {
      store.delete("key-%08d".formatted(i));
      step(store);
    }
    store.flush();
    store.settle(10_000);
    assertThat(store.sizeBytes()).isZero();
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void whatASnapshotHeldGoesWhenItIsReleased(boolean overwritten) throws IOException {
    ModelStore store = larger();
    for (int i = 0; i < 5_000; i++) {
      store.put("key-%08d".formatted(i), "v".repeat(88));
      step(store);
    }
    store.snapshots.add(store.sequence);
    for (int i = 0; i < 5_000; i++) {
      String key = "key-%08d".formatted(i);
      if (overwritten) {
        store.put(key, "w".repeat(88));
      } else {
        store.delete(key);
      }
      step(store);
    }
    settleCalmly(store);
    assertThat(store.sizeBytes()).isGreaterThan(5_000 * 116);
    store.snapshots.clear();
    store.settle(10_000);
    assertThat(store.sizeBytes()).isLessThanOrEqualTo(store.liveBytes() * 111 / 100);
  }
}
