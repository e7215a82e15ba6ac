package org.tuffdb.compact;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.tuffdb.bytes.FileHeader;
import org.tuffdb.bytes.Keys;
import org.tuffdb.entry.RangeDeletes;
import org.tuffdb.entry.RangeDeletes.RangeDelete;
import org.tuffdb.fs.FileNames;
import org.tuffdb.fs.MemoryFileSystem;
import org.tuffdb.table.Access;
import org.tuffdb.table.BlockCache;
import org.tuffdb.table.BlockCompression;
import org.tuffdb.table.Table;
import org.tuffdb.table.TableInfo;
import org.tuffdb.table.TableOptions;
import org.tuffdb.table.TableWriter;

/// Whatever is done with many range deletes takes about so much memory and time as there are of
/// them, however they lie.
@Timeout(60)
class ManyRangeDeletesTest {
  private static final long SEED = 20261122;
  private static final int KEYS = 1 << 20;
  private static final byte[] END = {};
  private static final CompactionOptions OPTIONS =
      new CompactionOptions(3, 1, 1 << 20, 10, 1 << 20, 10 << 20, 4, Set.of());
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  enum Lie {
    /// As when a queue is cut off behind its readers.
    NESTED(20_000) {
      @Override
      RangeDelete next(int i, Random random) {
        return new RangeDelete(key(0), key(i + 1), i + 1);
      }
    },
    DISJOINT(100_000) {
      @Override
      RangeDelete next(int i, Random random) {
        return new RangeDelete(key(10 * i), key(10 * i + 5), i + 1);
      }
    },
    ACROSS_EACH_OTHER(20_000) {
      @Override
      RangeDelete next(int i, Random random) {
        int start = random.nextInt(KEYS);
        byte[] limit = key(start + 1 + random.nextInt(KEYS / 2));
        return new RangeDelete(key(start), random.nextInt(100) == 0 ? END : limit, i + 1);
      }
    };

    private final int count;

    Lie(int count) {
      this.count = count;
    }

    abstract RangeDelete next(int i, Random random);

    List<RangeDelete> oldestFirst() {
      Random random = new Random(SEED);
      List<RangeDelete> deletes = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        deletes.add(next(i, random));
      }
      return deletes;
    }

    Snapshots snapshots() {
      return Snapshots.of(LongStream.range(1, 10).map(i -> i * count / 10).toArray());
    }
  }

  private static byte[] key(int number) {
    return "%08d".formatted(number).getBytes(US_ASCII);
  }

  private static long newest(List<RangeDelete> oldestFirst, byte[] key, long sequence) {
    for (RangeDelete delete : oldestFirst.reversed()) {
      if (delete.sequence() <= sequence
          && Arrays.compareUnsigned(delete.start(), key) <= 0
          && Keys.isBelow(key, delete.limit())) {
        return delete.sequence();
      }
    }
    return 0;
  }

  private static long allocatedBytes() {
    return THREADS.getCurrentThreadAllocatedBytes();
  }

  @ParameterizedTest
  @EnumSource(Lie.class)
  void eachMoreCostsLittle(Lie lie) {
    List<RangeDelete> deletes = lie.oldestFirst();
    long before = allocatedBytes();
    RangeDeletes all = RangeDeletes.NONE;
    for (RangeDelete delete : deletes) {
      all = all.with(delete);
    }
    assertThat((allocatedBytes() - before) / lie.count).as("bytes each").isLessThan(2500);
    check(all, deletes);
  }

  private static void check(RangeDeletes all, List<RangeDelete> deletes) {
    Random random = new Random(SEED);
    for (int i = 0; i < 300; i++) {
      byte[] key = key(random.nextInt(KEYS));
      long sequence = random.nextInt(deletes.size() + 1);
      assertThat(all.newest(key, sequence)).isEqualTo(newest(deletes, key, sequence));
    }
  }

  @ParameterizedTest
  @EnumSource(Lie.class)
  void anOldSnapshotFindsItsOwn(Lie lie) {
    List<RangeDelete> deletes = lie.oldestFirst();
    RangeDeletes all = RangeDeletes.of(deletes);
    check(all, deletes);
    Random random = new Random(SEED);
    for (int i = 0; i < 200_000; i++) { // going through all of them would take minutes
      long sequence = 1L + random.nextInt(deletes.size() / 2);
      long found = all.newest(key(random.nextInt(KEYS)), sequence);
      assertThat(found <= sequence).isTrue();
    }
  }

  /// A flush, a merge, and a look at what is covered.
  @ParameterizedTest
  @EnumSource(Lie.class)
  void whatNobodySeesTakesNoMemory(Lie lie) throws IOException {
    List<RangeDelete> deletes = lie.oldestFirst();
    Snapshots snapshots = lie.snapshots();
    MemoryFileSystem files = new MemoryFileSystem();
    BlockCache cache = new BlockCache(1 << 16, 4096);
    RangeDeletes memtable = RangeDeletes.of(deletes);
    TableInfo info =
        Compaction.flush(
                new ListCursor(List.of()), memtable, snapshots, () -> begin(files, 1), _ -> false)
            .tables()
            .getFirst();
    assertThat(info.rangeDeletes()).isLessThanOrEqualTo(2 * lie.count);
    try (Table table = open(files, info, cache)) {
      checkSeen(table.rangeDeletes(), deletes, snapshots);
      Task.Merge task = new Task.Merge(0, 1, List.of(info), List.of(), Task.Reason.CALM);
      Shape shape =
          new Shape(
              List.of(List.of(info), List.of(), List.of(tableBelow())), snapshots, deletes, false);
      long before = allocatedBytes();
      TableInfo merged =
          Compaction.merge(task, shape, OPTIONS, List.of(table), () -> begin(files, 2), _ -> false)
              .tables()
              .getFirst();
      assertThat(Picker.pick(shape, OPTIONS).isNothing()).isFalse();
      assertThat(allocatedBytes() - before).isLessThan(5000L * lie.count);
      try (Table again = open(files, merged, cache)) {
        checkSeen(again.rangeDeletes(), deletes, snapshots);
      }
    }
  }

  private static TableInfo tableBelow() {
    return new TableInfo(9, 1 << 20, key(0), END, 1, 1, 100, 100, 0, 0, false);
  }

  private static TableWriter begin(MemoryFileSystem files, long number) throws IOException {
    return TableWriter.create(
        files,
        path(number),
        new FileHeader(FileHeader.Kind.TABLE, number, 7, 0),
        new TableOptions(4096, 10, BlockCompression.NONE));
  }

  private static Path path(long number) {
    return FileNames.table(Path.of("/"), number);
  }

  private static Table open(MemoryFileSystem files, TableInfo info, BlockCache cache)
      throws IOException {
    return Table.open(files, path(info.number()), info, 7, Access.CACHED, cache);
  }

  private static void checkSeen(RangeDeletes kept, List<RangeDelete> deletes, Snapshots snapshots) {
    Random random = new Random(SEED);
    for (int i = 0; i < 200; i++) {
      byte[] key = key(random.nextInt(KEYS));
      long reader = snapshots.oldestSeeing(1 + random.nextInt(deletes.size()));
      assertThat(kept.newest(key, reader)).isEqualTo(newest(deletes, key, reader));
    }
  }
}
