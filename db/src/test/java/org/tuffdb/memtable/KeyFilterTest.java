package org.tuffdb.memtable;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Random;
import org.junit.jupiter.api.Test;

class KeyFilterTest {
  private static final long SEED = 20261130;

  private static MemorySegment usedMemory(long bytes) {
    return Arena.ofAuto().allocate(bytes, 64).fill((byte) -1);
  }

  @Test
  void anEmptyFilterMayContainNothing() {
    KeyFilter filter = KeyFilter.at(usedMemory(64 << 10));
    Random random = new Random(SEED);
    for (int i = 0; i < 1_000; i++) {
      assertThat(filter.mayContain(random.nextLong())).isFalse();
    }
  }

  @Test
  void mayContainWhatWasAddedAndLittleElse() {
    long bytes = 1 << 20;
    int count = (int) (bytes / Memtable.entryBytesMax(16, 100));
    KeyFilter filter = KeyFilter.at(usedMemory(bytes));
    Random added = new Random(SEED);
    for (int i = 0; i < count; i++) {
      filter.add(added.nextLong());
    }
    Random again = new Random(SEED);
    for (int i = 0; i < count; i++) {
      assertThat(filter.mayContain(again.nextLong())).isTrue();
    }
    int mistaken = 0;
    for (int i = 0; i < 100_000; i++) {
      mistaken += filter.mayContain(again.nextLong()) ? 1 : 0;
    }
    assertThat(mistaken).isBetween(1_000, 2_000);
  }

  @Test
  void mayContainEverythingWhenItIsToldSo() {
    KeyFilter filter = KeyFilter.at(usedMemory(64 << 10));
    filter.addAll();
    Random random = new Random(SEED);
    for (int i = 0; i < 1_000; i++) {
      assertThat(filter.mayContain(random.nextLong())).isTrue();
    }
  }

  @Test
  void leavesTheTreeItsMemory() {
    MemorySegment memory = usedMemory(1 << 20);
    KeyFilter filter = KeyFilter.at(memory);
    filter.addAll();
    memory.fill((byte) 0);
    memory.asSlice(0, KeyFilter.treeBytes(1 << 20)).fill((byte) -1);
    Random random = new Random(SEED);
    for (int i = 0; i < 10_000; i++) {
      assertThat(filter.mayContain(random.nextLong())).isFalse();
    }
  }

  /// What is charged for all entries, [KeyFilter#withShare], is the whole memory.
  @Test
  void whatIsChargedIsEnoughForTreeAndFilter() {
    Random random = new Random(SEED);
    for (int round = 0; round < 1_000; round++) {
      long needed = 0;
      long charged = 0;
      for (int entry = random.nextInt(2_000); entry >= 0; entry--) {
        long bytes = random.nextLong(1L << random.nextInt(1, 24));
        needed += bytes;
        charged += KeyFilter.withShare(bytes);
      }
      assertThat(KeyFilter.treeBytes(charged)).isGreaterThanOrEqualTo(needed);
    }
  }
}
