package org.tuffdb.compact;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongPredicate;
import org.junit.jupiter.api.Test;
import org.tuffdb.error.DbException;
import org.tuffdb.fs.Fault;
import org.tuffdb.fs.FaultyFileSystem;
import org.tuffdb.fs.MemoryFileSystem;
import org.tuffdb.table.TableInfo;

/// Merges real tables and compares with the model, merge by merge; [Tables] does the comparing.
class CompactionTest {
  private static final int SEEDS = Integer.getInteger("tuffdb.compactionSeeds", 100);

  private static final int ENTRIES = 600;
  private static final CompactionOptions OPTIONS =
      new CompactionOptions(3, 4, 100_000, 10, 2000, 20_000, 4, Set.of());

  private static CompactionOptions options(Random random) {
    int levels = 2 + random.nextInt(4);
    return new CompactionOptions(
        levels,
        1 + random.nextInt(4),
        1000 + random.nextInt(5000),
        2 + random.nextInt(4),
        400 + random.nextInt(1500),
        500 + random.nextInt(8000),
        2 + random.nextInt(4),
        random.nextBoolean() ? Set.of(levels - 1) : Set.of());
  }

  @Test
  void everyReaderSeesTheSameBeforeAndAfter() throws IOException {
    long dropped = 0;
    long cut = 0;
    for (int seed = 0; seed < SEEDS; seed++) {
      Random random = new Random(seed);
      Tables tables = new Tables(new MemoryFileSystem());
      ModelStore store = new ModelStore(options(random), tables);
      Workload workload = new Workload(store, random);
      try {
        for (int i = 0; i < 500; i++) {
          workload.write();
        }
        store.check("");
        store.snapshots.clear();
        store.flush();
        store.calm = true;
        store.settle(1000);
        store.check("");
      } catch (AssertionError | RuntimeException failure) {
        throw new AssertionError("seed " + seed + ", " + store.options, failure);
      } finally {
        tables.close();
      }
      dropped += tables.entriesDropped;
      cut += tables.tablesCut;
    }
    assertThat(dropped).isGreaterThan(50L * SEEDS);
    assertThat(cut).isGreaterThan(10L * SEEDS);
  }

  /// What hides them is in the output, but they are large enough to be cut all the same.
  @Test
  void tablesAreCutWhereOnlyOlderVersionsAreNeeded() throws IOException {
    Tables tables = new Tables(new MemoryFileSystem());
    ModelStore store = new ModelStore(OPTIONS, tables);
    for (int i = 0; i < 3; i++) {
      fill(store);
      store.snapshots.add(store.sequence);
      store.deleteRange("k", "l");
      store.flush();
    }
    store.snapshots.pollLast();
    store.calm = true;
    store.settle(100);
    assertThat(store.levels.getLast()).hasSizeGreaterThan(2 * ENTRIES * 20 / 2000);
    tables.close();
  }

  private static void fill(ModelStore store) {
    for (int i = 0; i < ENTRIES; i++) {
      store.put("k%03d".formatted(i), "0123456789abcdef");
    }
  }

  /// Two tables of level 0, and the task to merge them.
  private static Task.Merge twoTables(ModelStore store) throws IOException {
    fill(store);
    store.flush();
    fill(store);
    store.flush();
    List<TableInfo> upper = store.shape().level(0);
    return new Task.Merge(0, 2, upper, List.of(), Task.Reason.CALM);
  }

  private static void merge(
      ModelStore store, Tables tables, Task.Merge task, LongPredicate cancelled)
      throws IOException {
    Compaction.merge(
        task,
        store.shape(),
        OPTIONS,
        task.upper().stream().map(tables::table).toList(),
        () -> tables.begin(store, 2),
        cancelled);
  }

  @Test
  void itEndsWhenItIsCancelled() throws IOException {
    MemoryFileSystem files = new MemoryFileSystem();
    Tables tables = new Tables(files);
    ModelStore store = new ModelStore(OPTIONS, tables);
    Task.Merge task = twoTables(store);
    AtomicInteger asked = new AtomicInteger();
    assertThatThrownBy(() -> merge(store, tables, task, _ -> asked.incrementAndGet() > 1))
        .isInstanceOf(CancellationException.class);
    assertThat(asked.get()).isEqualTo(2);
    tables.close();
    files.assertNothingOpen();
  }

  @Test
  void whateverFailsItLeavesNothingOpen() throws IOException {
    for (Fault fault : List.of(Fault.IO_ERROR, Fault.NO_SPACE)) {
      for (int nth = 1; ; nth++) {
        MemoryFileSystem files = new MemoryFileSystem();
        FaultyFileSystem faulty = new FaultyFileSystem(files);
        Tables tables = new Tables(faulty);
        ModelStore store = new ModelStore(OPTIONS, tables);
        Task.Merge task = twoTables(store);
        faulty.failNth(fault, nth);
        boolean failed = false;
        try {
          merge(store, tables, task, _ -> false);
        } catch (IOException | DbException expected) {
          failed = true;
        }
        assertThat(failed).isEqualTo(faulty.faults() > 0);
        faulty.heal();
        tables.close();
        files.assertNothingOpen();
        if (!failed) {
          assertThat(nth).isGreaterThan(20);
          break;
        }
      }
    }
  }

  /// Writes with deletes of all kinds and snapshots, a few keys with many versions.
  private static final class Workload {
    private final ModelStore store;
    private final Random random;
    private final int keys;
    private final int memtableEntries;
    private final String prefix;

    Workload(ModelStore store, Random random) {
      this.store = store;
      this.random = random;
      keys = 5 + random.nextInt(100);
      memtableEntries = 5 + random.nextInt(60);
      prefix = random.nextBoolean() ? "" : "\u00ffcommon-prefix";
    }

    private String key() {
      int number = random.nextInt(keys);
      return prefix + (number % 9 == 0 ? "\u00e9" + number : "k" + number);
    }

    void write() throws IOException {
      switch (random.nextInt(30)) {
        case 0 -> {
          String start = random.nextInt(6) == 0 ? "" : key();
          String limit = key();
          if (start.compareTo(limit) < 0) {
            store.deleteRange(start, limit);
          } else if (random.nextInt(5) == 0) {
            store.deleteRange(start, "");
          }
        }
        case 1 -> store.snapshots.add(store.sequence);
        case 2, 3 -> store.snapshots.pollFirst();
        case 4, 5, 6, 7, 8 -> store.delete(key());
        default -> store.put(key(), "v".repeat(random.nextInt(30)));
      }
      if (store.memtableEntries() >= memtableEntries) {
        store.flush();
        store.calm = random.nextInt(10) == 0;
        if (random.nextInt(3) == 0) {
          store.settle(500);
        } else {
          Shape shape = store.shape();
          store.run(Picker.pick(shape, store.options), shape);
        }
      }
    }
  }
}
