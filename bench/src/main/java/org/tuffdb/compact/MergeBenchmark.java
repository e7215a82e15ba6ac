package org.tuffdb.compact;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.tuffdb.bench.jmh.RandomKeys;
import org.tuffdb.entry.EntryCursor;
import org.tuffdb.entry.Kind;
import org.tuffdb.entry.MergingCursor;
import org.tuffdb.memtable.Memtable;
import org.tuffdb.memtable.SegmentPool;

/// A step over four memtables: of the tree that merges them for a compaction, and of the cursor
/// that does for a scan. Random keys are the worst case, where each step has another input lead.
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(2)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@State(Scope.Thread)
public class MergeBenchmark {
  private static final int INPUTS = 4;
  private static final int ENTRIES = 100_000;
  private static final long CAPACITY_BYTES = 64 << 20;

  private final LoserTree tree = new LoserTree(inputs(), 0);
  private final MergingCursor cursor = new MergingCursor(inputs().toArray(EntryCursor[]::new));

  public MergeBenchmark() {
    if (!tree.first()) {
      throw new IllegalStateException("nothing to merge");
    }
  }

  private static List<EntryCursor> inputs() {
    List<EntryCursor> inputs = new ArrayList<>();
    for (int i = 0; i < INPUTS; i++) {
      inputs.add(memtable(new RandomKeys(ENTRIES, i)).cursor());
    }
    return inputs;
  }

  private static Memtable memtable(RandomKeys keys) {
    Memtable memtable = new Memtable(new SegmentPool(CAPACITY_BYTES), CAPACITY_BYTES, 0);
    for (int i = 0; i < ENTRIES; i++) {
      memtable.reserve(Memtable.entryBytesMax(RandomKeys.KEY_BYTES, 0));
      memtable.put(i + 1L, Kind.PUT, keys.next(), 0, RandomKeys.KEY_BYTES, 0, 0);
    }
    return memtable;
  }

  @Benchmark
  public long loserTree() {
    return tree.next() || tree.first() ? tree.current().keyOffset() : -1;
  }

  @Benchmark
  public long mergingCursor() {
    return cursor.next() || cursor.first() ? cursor.keyOffset() : -1;
  }
}
