package org.tuffdb.bench.jmh;

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
import org.tuffdb.bytes.Hash;
import org.tuffdb.entry.EntryCursor;
import org.tuffdb.entry.Found;
import org.tuffdb.entry.Kind;
import org.tuffdb.memtable.Memtable;
import org.tuffdb.memtable.SegmentPool;

/// A memtable of the usual size: puts from empty to full, over and over; gets and steps in a full
/// one.
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(2)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
public class MemtableBenchmark {
  private static final int ENTRIES = 300_000;
  private static final int VALUE_BYTES = 100;
  private static final long CAPACITY_BYTES = 64 << 20;

  /// A memtable that is filled, and then replaced.
  @State(Scope.Thread)
  public static class Filling {
    private final SegmentPool pool = new SegmentPool(2 * CAPACITY_BYTES);
    private final RandomKeys keys = new RandomKeys(ENTRIES, 1);
    private final byte[] entry = new byte[RandomKeys.KEY_BYTES + VALUE_BYTES];
    private final long entryBytes = Memtable.entryBytesMax(RandomKeys.KEY_BYTES, VALUE_BYTES);
    private Memtable memtable = new Memtable(pool, CAPACITY_BYTES, CAPACITY_BYTES, 0);
    private long sequence;

    boolean isFull() {
      return !memtable.hasRoom(entryBytes);
    }

    void put() {
      System.arraycopy(keys.next(), 0, entry, 0, RandomKeys.KEY_BYTES);
      memtable.reserve(entryBytes);
      memtable.put(
          ++sequence, Kind.PUT, entry, 0, RandomKeys.KEY_BYTES, RandomKeys.KEY_BYTES, VALUE_BYTES);
    }

    void replace() {
      memtable.release();
      memtable = new Memtable(pool, CAPACITY_BYTES, CAPACITY_BYTES, 0);
    }
  }

  /// A memtable that only readers use.
  @State(Scope.Thread)
  public static class Full {
    private final RandomKeys present = new RandomKeys(ENTRIES, 1);
    private final RandomKeys absent = new RandomKeys(ENTRIES, 2);
    private final Found found = new Found();
    private final Memtable memtable;
    private final EntryCursor cursor;

    public Full() {
      Filling filling = new Filling();
      for (int i = 0; i < ENTRIES; i++) {
        if (filling.isFull()) {
          throw new IllegalStateException("so many entries do not fit");
        }
        filling.put();
      }
      memtable = filling.memtable;
      cursor = memtable.cursor();
    }
  }

  @Benchmark
  public void put(Filling filling) {
    if (filling.isFull()) {
      filling.replace();
    }
    filling.put();
  }

  @Benchmark
  public boolean get(Full full) {
    byte[] key = full.present.next();
    return full.memtable.find(key, Hash.of(key), Long.MAX_VALUE, full.found);
  }

  @Benchmark
  public boolean getAbsent(Full full) {
    byte[] key = full.absent.next();
    return full.memtable.find(key, Hash.of(key), Long.MAX_VALUE, full.found);
  }

  @Benchmark
  public long next(Full full) {
    return full.cursor.next() || full.cursor.first() ? full.cursor.keyOffset() : -1;
  }
}
