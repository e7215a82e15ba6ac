package org.tuffdb.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BlockCacheTest {
  private static final long SEED = 20261122;
  private static final int SLOT_BYTES = 4096;
  private static final long MIB = 1 << 20;

  private static BlockCache cache(int slots) {
    return new BlockCache(capacityBytes(slots), SLOT_BYTES);
  }

  /// Room for so many slots, fewer than a slab has, and not for one more.
  private static long capacityBytes(int slots) {
    return CacheSlab.OVERHEAD_BYTES
        + (long) slots * (SLOT_BYTES + CacheSlab.RECORD_BYTES)
        + BlockIndex.bytes(slots);
  }

  private static long put(BlockCache cache, long table, int block) {
    long handle = cache.reserve(table, block);
    if (handle >= 0) {
      cache.segment(handle).set(ValueLayout.JAVA_LONG, cache.offset(handle), table << 32 | block);
      cache.publish(handle);
    }
    return handle;
  }

  private static void putAndUnpin(BlockCache cache, long table, int block) {
    cache.unpin(put(cache, table, block));
  }

  private static boolean holds(BlockCache cache, long table, int block) {
    long handle = cache.acquire(table, block);
    if (handle < 0) {
      return false;
    }
    assertThat(content(cache, handle)).isEqualTo(table << 32 | block);
    cache.unpin(handle);
    return true;
  }

  private static long content(BlockCache cache, long handle) {
    return cache.segment(handle).get(ValueLayout.JAVA_LONG, cache.offset(handle));
  }

  @Test
  void takesNoMemoryBeforeItsFirstBlock() {
    BlockCache cache = new BlockCache(1 << 30, SLOT_BYTES);
    assertThat(holds(cache, 1, 1)).isFalse();
    assertThat(cache.memoryBytes()).isZero();
    putAndUnpin(cache, 1, 1);
    assertThat(cache.memoryBytes()).isBetween(MIB, 6 * MIB);
    assertThat(holds(cache, 1, 1)).isTrue();
    cache.close();
    assertThat(cache.memoryBytes()).isZero();
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 1, 4096, 4500, 9000, 100_000, 2_000_000, 9_999_999, 40_000_000})
  void staysWithinItsCapacityAndUsesIt(long capacityBytes) {
    BlockCache cache = new BlockCache(capacityBytes, SLOT_BYTES);
    for (int i = 0; i < 12_000; i++) {
      long handle = put(cache, 7, i);
      assertThat(cache.memoryBytes()).isLessThanOrEqualTo(capacityBytes);
      if (handle >= 0) {
        cache.unpin(handle);
      }
    }
    assertThat(cache.memoryBytes()).isGreaterThan(capacityBytes - 2 * SLOT_BYTES);
    cache.close();
  }

  @Test
  void countsEveryByte() {
    for (int slots = 1; slots < 20; slots++) {
      assertThat(slotsOf(cache(slots))).isEqualTo(slots);
      BlockCache cache = new BlockCache(capacityBytes(slots) - 1, SLOT_BYTES);
      assertThat(slotsOf(cache)).isEqualTo(slots - 1);
      assertThat(cache.memoryBytes()).isLessThan(capacityBytes(slots));
    }
  }

  /// The index takes no more than so many slots need, which shows where they are small.
  @Test
  void countsEveryByteOfSmallSlots() {
    int slots = 50;
    long capacityBytes =
        CacheSlab.OVERHEAD_BYTES + slots * (64L + CacheSlab.RECORD_BYTES) + BlockIndex.bytes(slots);
    assertThat(slotsOf(new BlockCache(capacityBytes, 64))).isEqualTo(slots);
  }

  private static int slotsOf(BlockCache cache) {
    int slots = 0;
    while (cache.reserve(1, slots) >= 0) {
      slots++;
    }
    return slots;
  }

  @Test
  void countsHitsAndMisses() {
    BlockCache cache = cache(2);
    assertThat(holds(cache, 1, 5)).isFalse();
    putAndUnpin(cache, 1, 5);
    assertThat(holds(cache, 1, 5)).isTrue();
    assertThat(holds(cache, 1, 5)).isTrue();
    assertThat(cache.hits()).isEqualTo(2);
    assertThat(cache.misses()).isEqualTo(1);
    cache.close();
  }

  @Test
  void tellsBlocksApart() {
    BlockCache cache = cache(8);
    long tableMax = Integer.MAX_VALUE;
    putAndUnpin(cache, 0, 0);
    putAndUnpin(cache, 0, Integer.MAX_VALUE);
    putAndUnpin(cache, tableMax, 0);
    putAndUnpin(cache, tableMax, Integer.MAX_VALUE);
    assertThat(holds(cache, 0, 0)).isTrue();
    assertThat(holds(cache, 0, Integer.MAX_VALUE)).isTrue();
    assertThat(holds(cache, tableMax, 0)).isTrue();
    assertThat(holds(cache, tableMax, Integer.MAX_VALUE)).isTrue();
    assertThat(holds(cache, 0, 1)).isFalse();
    assertThat(holds(cache, 1, 0)).isFalse();
    cache.close();
  }

  @Test
  void pinnedBlocksStay() {
    BlockCache cache = cache(3);
    List<Long> handles = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      handles.add(put(cache, 1, i));
    }
    assertThat(cache.reserve(1, 3)).isEqualTo(-1);
    cache.unpin(handles.get(1));
    for (int i = 3; i < 10; i++) {
      long handle = put(cache, 1, i);
      assertThat(handle).isEqualTo(handles.get(1));
      cache.unpin(handle);
    }
    assertThat(content(cache, handles.get(0))).isEqualTo(1L << 32);
    assertThat(content(cache, handles.get(2))).isEqualTo(1L << 32 | 2);
    assertThat(holds(cache, 1, 0)).isTrue();
    assertThat(holds(cache, 1, 2)).isTrue();
    assertThat(holds(cache, 1, 9)).isTrue();
    cache.close();
  }

  @Test
  void nobodyFindsWhatIsNotPublished() {
    BlockCache cache = cache(1);
    long handle = cache.reserve(1, 1);
    assertThat(holds(cache, 1, 1)).isFalse();
    cache.abandon(handle);
    assertThat(holds(cache, 1, 1)).isFalse();
    putAndUnpin(cache, 1, 2);
    assertThat(holds(cache, 1, 2)).isTrue();
    cache.close();
  }

  @Test
  void twoMayPublishTheSameBlock() {
    BlockCache cache = cache(2);
    long first = cache.reserve(1, 1);
    long second = put(cache, 1, 1);
    cache.segment(first).set(ValueLayout.JAVA_LONG, cache.offset(first), 1L << 32 | 1);
    cache.publish(first);
    assertThat(content(cache, first)).isEqualTo(content(cache, second));
    cache.unpin(first);
    assertThat(holds(cache, 1, 1)).isTrue();
    putAndUnpin(cache, 1, 2); // in the slot that nobody finds
    assertThat(holds(cache, 1, 1)).isTrue();
    assertThat(holds(cache, 1, 2)).isTrue();
    cache.unpin(second);
    cache.close();
    assertThat(cache.memoryBytes()).isZero();
  }

  @Test
  void refusesToUnpinWhatIsNotPinned() {
    BlockCache cache = cache(2);
    long handle = put(cache, 1, 1);
    cache.unpin(handle);
    assertThatThrownBy(() -> cache.unpin(handle)).isInstanceOf(IllegalStateException.class);
    assertThat(holds(cache, 1, 1)).isTrue();
    cache.close();
    assertThatThrownBy(() -> cache.unpin(handle)).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> cache.segment(handle)).isInstanceOf(IllegalStateException.class);
    assertThat(cache.acquire(1, 1)).isEqualTo(-1);
    assertThat(cache.reserve(1, 1)).isEqualTo(-1);
  }

  @Test
  void forgottenBlocksMakeRoomFirst() {
    BlockCache cache = cache(20);
    for (int i = 0; i < 10; i++) {
      putAndUnpin(cache, 1, i);
      putAndUnpin(cache, 2, i);
    }
    long pinned = cache.acquire(2, 4);
    cache.forget(2);
    for (int i = 0; i < 10; i++) {
      assertThat(holds(cache, 2, i)).isFalse();
    }
    assertThat(content(cache, pinned)).isEqualTo(2L << 32 | 4);
    for (int i = 10; i < 19; i++) {
      putAndUnpin(cache, 1, i);
    }
    cache.unpin(pinned);
    putAndUnpin(cache, 1, 19);
    for (int i = 0; i < 20; i++) {
      assertThat(holds(cache, 1, i)).isTrue();
    }
    cache.close();
  }

  /// Blocks that are used now and then outlive a scan that reads each of its blocks once.
  @Test
  void aScanDoesNotFlushEverything() {
    BlockCache cache = cache(100);
    for (int i = 0; i < 50; i++) {
      putAndUnpin(cache, 1, i);
    }
    for (int i = 0; i < 5_000; i++) {
      assertThat(holds(cache, 1, i % 50)).isTrue();
      putAndUnpin(cache, 2, i);
    }
    cache.close();
  }

  /// Even if every block has been used, one is soon found.
  @Test
  void evictsUsedBlocksAsWell() {
    BlockCache cache = cache(2_000);
    for (int i = 0; i < 6_000; i++) {
      putAndUnpin(cache, 1, i);
      for (int j = 0; j < 4; j++) {
        assertThat(holds(cache, 1, i)).isTrue();
      }
    }
    cache.close();
  }

  @Test
  void shrinksToItsNewSizeAndGrowsAgain() {
    BlockCache cache = new BlockCache(20 * MIB, SLOT_BYTES);
    fill(cache, 6_000);
    for (long mib : new long[] {10, 3, 4, 1, 0, 7, 0, 12}) {
      cache.resize(mib * MIB);
      assertThat(cache.memoryBytes()).isLessThanOrEqualTo(mib * MIB);
      fill(cache, 6_000);
      assertThat(cache.memoryBytes())
          .isLessThanOrEqualTo(mib * MIB)
          .isGreaterThan(mib * MIB - 2 * SLOT_BYTES);
    }
    cache.close();
  }

  @Test
  void findsWhatStaysWhenTheSizeChanges() {
    BlockCache cache = new BlockCache(20 * MIB, SLOT_BYTES);
    fill(cache, 1_000);
    for (long mib : new long[] {6, 100, 8}) {
      cache.resize(mib * MIB);
      for (int i = 0; i < 1_000; i++) {
        assertThat(holds(cache, 1, i)).isTrue();
      }
    }
    cache.close();
  }

  private static void fill(BlockCache cache, int blocks) {
    for (int i = 0; i < blocks; i++) {
      long handle = put(cache, 1, i);
      if (handle >= 0) {
        cache.unpin(handle);
        assertThat(holds(cache, 1, i)).isTrue();
      }
    }
  }

  @Test
  void keepsASlabUntilItsLastPinIsGone() {
    BlockCache cache = new BlockCache(8 * MIB, SLOT_BYTES);
    fill(cache, 3_000);
    long pinned = put(cache, 9, 76);
    long reserved = cache.reserve(9, 77);
    cache.resize(0);
    assertThat(cache.memoryBytes()).isBetween(MIB, 3 * MIB);
    assertThat(content(cache, pinned)).isEqualTo(9L << 32 | 76);
    cache.publish(reserved); // too late: nobody may find it
    assertThat(holds(cache, 9, 77)).isFalse();
    assertThat(holds(cache, 9, 76)).isFalse();
    cache.unpin(reserved);
    cache.unpin(pinned);
    assertThat(cache.memoryBytes()).isZero();
  }

  @Test
  void nobodyFindsWhatIsPublishedInASlabThatIsToGo() {
    BlockCache cache = new BlockCache(3 * MIB, SLOT_BYTES);
    List<Long> reserved = new ArrayList<>();
    for (int i = 0; i < 600; i++) {
      reserved.add(cache.reserve(1, i));
    }
    cache.resize(MIB);
    reserved.forEach(cache::publish);
    assertThat(cache.memoryBytes()).isGreaterThan(2 * MIB);
    for (long handle : reserved) {
      cache.unpin(handle);
    }
    assertThat(cache.memoryBytes()).isLessThanOrEqualTo(MIB);
    cache.close();
  }

  @Test
  void refusesSlotsThatAreTooSmall() {
    assertThatThrownBy(() -> new BlockCache(MIB, 63)).isInstanceOf(IllegalArgumentException.class);
  }

  /// What may be there, as maps and sets say: each slot has one block, each block is where it was
  /// put, and nothing that is pinned goes away.
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 7, 30})
  void behavesLikeItsModel(int slots) {
    for (int round = 0; round < 20; round++) {
      new Model(slots, new Random(SEED + round)).run("seed " + (SEED + round));
    }
  }

  private static final class Model {
    private final int slots;
    private final Random random;
    private final BlockCache cache;

    /// The handles that were published under a key and may still be there.
    private final Map<Long, Long> published = new HashMap<>();

    private final List<Long> pins = new ArrayList<>();
    private final Map<Long, Long> contents = new HashMap<>();
    private final Set<Long> reserved = new HashSet<>();

    Model(int slots, Random random) {
      this.slots = slots;
      this.random = random;
      cache = cache(slots);
    }

    void run(String what) {
      for (int step = 0; step < 1_000; step++) {
        switch (random.nextInt(20)) {
          case 0, 1, 2, 3, 4 -> reserve(what);
          case 5, 6, 7, 8 -> finish();
          case 9, 10, 11, 12, 13 -> acquire(what);
          case 14 -> forget();
          default -> unpin();
        }
        checkPinned(what);
      }
      assertThat(cache.memoryBytes()).isLessThanOrEqualTo(capacityBytes(slots));
      pins.forEach(cache::unpin);
      reserved.forEach(cache::abandon);
      cache.close();
      assertThat(cache.memoryBytes()).as(what).isZero();
    }

    private long key() {
      return (long) random.nextInt(3) << 32 | random.nextInt(2 * slots);
    }

    private void reserve(String what) {
      long key = key();
      long handle = cache.reserve(key >>> 32, (int) key);
      Set<Long> inUse = new HashSet<>(pins);
      inUse.addAll(reserved);
      if (handle < 0) {
        assertThat(inUse).as(what).hasSize(slots);
        return;
      }
      assertThat(inUse).as(what).doesNotContain(handle);
      published.values().removeIf(other -> other == handle);
      cache.segment(handle).set(ValueLayout.JAVA_LONG, cache.offset(handle), key);
      contents.put(handle, key);
      reserved.add(handle);
    }

    private void finish() {
      if (reserved.isEmpty()) {
        return;
      }
      long handle = reserved.iterator().next();
      reserved.remove(handle);
      if (random.nextInt(5) == 0) {
        cache.abandon(handle);
        return;
      }
      cache.publish(handle);
      published.putIfAbsent(contents.get(handle), handle);
      pins.add(handle);
    }

    private void acquire(String what) {
      long key = key();
      long handle = cache.acquire(key >>> 32, (int) key);
      assertThat(handle).as(what).isEqualTo(published.getOrDefault(key, -1L));
      if (handle >= 0) {
        pins.add(handle);
      }
    }

    private void forget() {
      long table = random.nextInt(3);
      cache.forget(table);
      published.keySet().removeIf(key -> key >>> 32 == table);
    }

    private void unpin() {
      if (!pins.isEmpty()) {
        Collections.swap(pins, random.nextInt(pins.size()), pins.size() - 1);
        cache.unpin(pins.removeLast());
      }
    }

    private void checkPinned(String what) {
      for (long handle : pins) {
        assertThat(content(cache, handle)).as(what).isEqualTo(contents.get(handle));
      }
    }
  }

  /// Its index is in the heap.
  @Test
  void aCacheMayBeMuchLargerThanTheHeap() {
    BlockCache large = new BlockCache(1L << 45, 64);
    long slot = large.reserve(1, 2);
    assertThat(slot).isNotNegative();
    large.publish(slot);
    large.unpin(slot);
    assertThat(large.memoryBytes()).isLessThan(Runtime.getRuntime().maxMemory() / 8);
    large.close();
  }
}
