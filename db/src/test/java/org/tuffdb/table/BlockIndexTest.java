package org.tuffdb.table;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Field;
import java.time.Duration;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BlockIndexTest {
  /// 64 slots make a slab, so that chains run through several.
  private static final int SLOT_BYTES = 1 << 14;

  private static final int SLOTS = 300;
  private static final long SLOTS_BYTES =
      SLOTS * (SLOT_BYTES + CacheSlab.RECORD_BYTES) + 5L * CacheSlab.OVERHEAD_BYTES;

  private final CacheSlots slots = new CacheSlots(SLOT_BYTES);
  private final BlockIndex index = new BlockIndex(slots);

  @AfterEach
  void free() {
    slots.limit(0);
    slots.slabs().forEach(CacheSlab::free);
  }

  /// A pinned slot for a block.
  private int reserve(int block) {
    slots.limit(SLOTS_BYTES);
    int slot = slots.take();
    slots.pinned(slot).assign(slot, key(block));
    return slot;
  }

  private static long key(int block) {
    return BlockCache.key(block % 3, block);
  }

  private int add(int block) {
    int slot = reserve(block);
    index.add(slot);
    return slot;
  }

  /// The slots of as many blocks as there is room for.
  private int[] addAll() {
    int[] added = new int[SLOTS];
    for (int block = 0; block < SLOTS; block++) {
      added[block] = add(block);
    }
    return added;
  }

  private void requireFound(int[] added) {
    assertThat(find(0)).isEqualTo(added);
    assertThat(find(SLOTS)).containsOnly(-1);
  }

  /// Looks for as many blocks as there are slots.
  private int[] find(int firstBlock) {
    int[] found = new int[SLOTS];
    Arrays.setAll(found, i -> index.find(key(firstBlock + i)));
    return found;
  }

  /// Two heads for each slot, or more, so that chains are short.
  @ParameterizedTest
  @CsvSource({"0, 64", "7, 64", "8, 64", "9, 128", "16, 128", "1024, 8192", "1025, 16384"})
  void thereAreTwoHeadsForEachSlot(long slotsMax, long bytes) {
    assertThat(BlockIndex.bytes(slotsMax)).isEqualTo(bytes);
  }

  @Test
  void anIndexIsNotLargerThanTheHeapCanHold() {
    long heapBytes = Runtime.getRuntime().maxMemory();
    for (long slotsMax : new long[] {134_217_728, 9_999_999_999L, 1L << 60}) {
      assertThat(BlockIndex.bytes(slotsMax))
          .isBetween(heapBytes / 32 - 1, Math.min(1 << 30, heapBytes / 16));
    }
  }

  @Test
  void itsMemoryIsThatOfItsSize() {
    assertThat(index.memoryBytes()).isZero();
    index.resize(1_000);
    assertThat(index.memoryBytes()).isEqualTo(BlockIndex.bytes(1_000));
  }

  @Test
  void anIndexOfNoSizeListsNothing() {
    int slot = add(1);
    assertThat(slots.pinned(slot).isListed(slot)).isFalse();
    assertThat(index.find(key(1))).isEqualTo(-1);
  }

  @Test
  void blocksAreFoundInShortChainsAndInLongOnes() {
    for (int slotsMax : new int[] {8, 100, 10_000}) {
      index.resize(slotsMax);
      int[] added = addAll();
      requireFound(added);
      for (int slot : added) {
        remove(slot);
      }
    }
  }

  private void remove(int slot) {
    index.remove(slot);
    slots.pinned(slot).unpin(slot);
    slots.giveBack(slot);
  }

  @Test
  void aBlockThatIsRemovedIsNotFoundAndTheOthersAre() {
    index.resize(8);
    int[] added = addAll();
    for (int block = 0; block < SLOTS; block += 3) {
      index.remove(added[block]);
      added[block] = -1;
    }
    requireFound(added);
  }

  @Test
  void aBlockIsListedOnce() {
    index.resize(8);
    int first = add(1);
    int second = add(1);
    assertThat(index.find(key(1))).isEqualTo(first);
    assertThat(slots.pinned(second).isListed(second)).isFalse();
    index.remove(second);
    assertThat(index.find(key(1))).isEqualTo(first);
    index.remove(first);
    assertThat(index.find(key(1))).isEqualTo(-1);
  }

  /// The hand has taken it, and it is about to leave its chain.
  @Test
  void aSlotThatIsNotListedAnyMoreIsNotFound() {
    index.resize(8);
    int slot = add(1);
    slots.pinned(slot).unlist(slot);
    assertThat(index.find(key(1))).isEqualTo(-1);
  }

  @Test
  void anotherSizeKeepsWhatIsListed() {
    index.resize(8);
    int[] added = addAll();
    for (int slotsMax : new int[] {10_000, 20, 0, 500}) {
      index.resize(slotsMax);
      if (slotsMax > 0) {
        requireFound(added);
      }
    }
  }

  @Test
  void withoutASizeNothingIsFound() {
    index.resize(8);
    int slot = add(1);
    index.resize(0);
    assertThat(index.memoryBytes()).isZero();
    assertThat(index.find(key(1))).isEqualTo(-1);
    index.remove(slot);
  }

  @Test
  void noLockIsKept() throws InterruptedException {
    index.resize(8);
    int[] added = addAll();
    index.remove(added[0]);
    requireDoneByAnother(() -> index.resize(1_000));
    index.resize(8);
    requireDoneByAnother(() -> {
      for (int slot : added) {
        index.remove(slot);
        index.add(slot);
      }
    });
    requireFound(added);
  }

  private static void requireDoneByAnother(Runnable task) throws InterruptedException {
    Thread another = Thread.ofPlatform().daemon().start(task);
    assertThat(another.join(Duration.ofSeconds(10))).isTrue();
  }

  /// To make it anew holds up every miss, and each flush and compaction sets the size.
  @Test
  void aSizeThatNeedsNoOtherLengthChangesNothing() throws ReflectiveOperationException {
    Object none = heads(index);
    index.resize(0);
    assertThat(heads(index)).isSameAs(none);
    index.resize(1_000);
    Object heads = heads(index);
    index.resize(1_000);
    index.resize(1_001);
    assertThat(heads(index)).isSameAs(heads);
    index.resize(10_000);
    assertThat(heads(index)).isNotSameAs(heads);
    index.resize(0);
    assertThat(index.isMade()).isFalse();
  }

  private static Object heads(BlockIndex index) throws ReflectiveOperationException {
    Field heads = BlockIndex.class.getDeclaredField("heads");
    heads.setAccessible(true);
    return heads.get(index);
  }
}
