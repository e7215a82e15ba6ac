package org.tuffdb.table;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Many threads read blocks through a small cache, as tables do. Every word of a slot says which
/// block is in it, and the readers look as long as they have it pinned. Meanwhile tables are
/// forgotten and the cache changes its size.
class BlockCacheStressTest {
  private static final long SEED = 20261122;
  private static final int SLOT_BYTES = 64;
  private static final int READERS = 4;
  private static final int OPERATIONS = 50_000;
  private static final int TABLES = 4;

  private record Run(BlockCache cache, int blocks, boolean resizing) {}

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 5, 40, 400})
  void readersSeeTheBlockTheyPinned(int slots) throws Exception {
    check(slots, false);
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 40, 40_000})
  void readersSeeTheBlockTheyPinnedWhileTheSizeChanges(int slots) throws Exception {
    check(slots, true);
  }

  private static void check(int slots, boolean resizing) throws Exception {
    BlockCache cache = new BlockCache(capacityBytes(slots), SLOT_BYTES);
    Run run = new Run(cache, 1 + slots, resizing);
    try (ExecutorService threads = Executors.newCachedThreadPool()) {
      List<Future<?>> readers = new ArrayList<>();
      for (int i = 0; i < READERS; i++) {
        Random random = new Random(SEED + i);
        readers.add(threads.submit(() -> read(run, random)));
      }
      for (Future<?> reader : readers) {
        reader.get();
      }
    }
    checkNothingIsLeft(cache, slots);
  }

  static long capacityBytes(int slots) {
    return (long) slots * (SLOT_BYTES + CacheSlab.RECORD_BYTES)
        + CacheSlab.OVERHEAD_BYTES
        + BlockIndex.bytes(2L * slots + CacheSlab.OVERHEAD_BYTES);
  }

  private static void read(Run run, Random random) {
    for (int i = 0; i < OPERATIONS; i++) {
      int table = random.nextInt(TABLES);
      int block = (int) (run.blocks * random.nextDouble() * random.nextDouble());
      readBlock(run.cache, table, block, random);
      if (random.nextInt(1_000) == 0) {
        run.cache.forget(table);
      }
      if (run.resizing && random.nextInt(500) == 0) {
        run.cache.resize(random.nextInt((int) capacityBytes(run.blocks)));
      }
    }
  }

  private static void readBlock(BlockCache cache, int table, int block, Random random) {
    long handle = cache.acquire(table, block);
    if (handle < 0) {
      handle = cache.reserve(table, block);
      if (handle < 0) {
        return;
      }
      fill(cache, handle, value(table, block));
      if (random.nextInt(16) == 0) {
        cache.abandon(handle);
        return;
      }
      cache.publish(handle);
    }
    int looks = random.nextInt(64) == 0 ? 500 : 2;
    for (int i = 0; i < looks; i++) {
      verify(cache, handle, value(table, block));
    }
    cache.unpin(handle);
  }

  private static long value(int table, int block) {
    return 31L * table + 1_000_003L * block + 17;
  }

  private static void fill(BlockCache cache, long handle, long value) {
    MemorySegment segment = cache.segment(handle);
    for (int i = 0; i < SLOT_BYTES; i += Long.BYTES) {
      segment.set(ValueLayout.JAVA_LONG, cache.offset(handle) + i, value);
    }
  }

  private static void verify(BlockCache cache, long handle, long value) {
    MemorySegment segment = cache.segment(handle);
    for (int i = 0; i < SLOT_BYTES; i += Long.BYTES) {
      assertThat(segment.get(ValueLayout.JAVA_LONG, cache.offset(handle) + i)).isEqualTo(value);
    }
  }

  /// All slots can be had at once again, so none was lost; and all memory goes when they do.
  private static void checkNothingIsLeft(BlockCache cache, int slots) {
    cache.resize(capacityBytes(slots));
    List<Long> handles = new ArrayList<>();
    for (long handle; (handle = cache.reserve(TABLES, handles.size())) >= 0; ) {
      handles.add(handle);
    }
    assertThat(handles).doesNotHaveDuplicates().hasSizeGreaterThanOrEqualTo(slots);
    cache.close();
    assertThat(cache.memoryBytes()).isPositive();
    handles.forEach(cache::abandon);
    assertThat(cache.memoryBytes()).isZero();
  }
}
