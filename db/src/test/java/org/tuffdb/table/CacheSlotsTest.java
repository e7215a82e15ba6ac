package org.tuffdb.table;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Which slot the next block gets.
class CacheSlotsTest extends SmallSlabs {
  @Test
  void withoutRoomThereIsNoSlot() {
    assertThat(slots.take()).isEqualTo(-1);
    slots.limit(bytes(1, SLOT_BYTES) - 1);
    assertThat(slots.take()).isEqualTo(-1);
    assertThat(slots.memoryBytes()).isZero();
    assertThat(slots.slabs()).isEmpty();
  }

  @Test
  void slabsAreMadeWhenTheyAreNeeded() {
    slots.limit(2 * SLAB_BYTES);
    assertThat(slots.memoryBytes()).isZero();
    take(2);
    assertThat(slots.memoryBytes()).isEqualTo(SLAB_BYTES);
    take(1);
    assertThat(slots.memoryBytes()).isEqualTo(2 * SLAB_BYTES);
  }

  @Test
  void theLastSlabHasAsManySlotsAsThereIsRoomFor() {
    slots.limit(SLAB_BYTES + bytes(1, SLOT_BYTES));
    assertThat(take(4)).doesNotHaveDuplicates().endsWith(-1);
    assertThat(slots.slabs()).extracting(CacheSlab::slots).containsExactly(2, 1);
  }

  @Test
  void eachSlotHasMemoryOfItsOwn() {
    slots.limit(2 * SLAB_BYTES);
    Set<Long> places = new HashSet<>();
    for (int slot : take(4)) {
      assertThat(slots.offset(slot)).isIn(0L, (long) SLOT_BYTES);
      places.add(slots.pinned(slot).segment().address() + slots.offset(slot));
    }
    assertThat(places).hasSize(4);
  }

  @Test
  void aFreeSlotComesFirst() {
    slots.limit(3 * SLAB_BYTES);
    List<Integer> taken = take(4);
    listUnpinned(taken.get(0));
    free(taken.get(3));
    assertThat(slots.take()).isEqualTo(taken.get(3));
    assertThat(slots.memoryBytes()).isEqualTo(2 * SLAB_BYTES);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, 6})
  void theHandGoesRoundAllSlabs(int count) {
    slots.limit(count / 2 * SLAB_BYTES + (count % 2 == 0 ? 0 : bytes(1, SLOT_BYTES)));
    requireRounds(take(count));
  }

  private void requireRounds(List<Integer> taken) {
    assertThat(taken).doesNotContain(-1);
    for (int round = 0; round < 3; round++) {
      taken.forEach(this::listUnpinned);
      assertThat(take(taken.size())).containsExactlyInAnyOrderElementsOf(taken);
      assertThat(slots.take()).isEqualTo(-1);
    }
  }

  @Test
  void theHandPassesPlacesWithoutASlot() {
    slots.limit(bytes(1, SLOT_BYTES));
    List<Integer> taken = take(1);
    slots.limit(bytes(1, SLOT_BYTES) + 2 * SLAB_BYTES);
    taken.addAll(take(4));
    requireRounds(taken);
  }

  @Test
  void theHandPassesSlabsThatAreGoneOrAreToGo() {
    slots.limit(3 * SLAB_BYTES);
    List<Integer> taken = take(6);
    free(taken.get(2));
    free(taken.get(3));
    slots.limit(SLAB_BYTES).forEach(slots::release);
    assertThat(slots.slab(taken.get(2))).isNull();
    assertThat(slots.pinned(taken.get(5)).retired).isTrue();
    requireRounds(taken.subList(0, 2));
  }

  /// Within a round, a slot that was not used is taken before one that was.
  @Test
  void theHandTakesFirstWhatWasNotUsed() {
    slots.limit(3 * SLAB_BYTES);
    List<Integer> taken = take(6);
    taken.forEach(this::listUnpinned);
    for (int i = 0; i < 6; i++) {
      use(taken.get(i), i == 4 ? 0 : 1);
    }
    assertThat(slots.take()).isEqualTo(taken.get(4));
  }

  /// Wherever the hand stands when its patience is at an end.
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 10, 85, 86, 100, 256, 257, 300})
  void theOnlySlotThatNobodyHasPinnedIsFound(int count) {
    slots = new CacheSlots(64);
    slots.limit(bytes(count, 64));
    List<Integer> taken = take(count);
    assertThat(slots.take()).isEqualTo(-1);
    for (int slot : taken) {
      listUnpinned(slot);
      use(slot, 3);
      assertThat(slots.take()).isEqualTo(slot);
    }
  }
}
