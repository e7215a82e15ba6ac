package org.tuffdb.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

/// Which slabs go when there is less room, and what becomes of their slots.
class CacheLimitTest extends SmallSlabs {
  @Test
  void slabsForWhichThereIsRoomStay() {
    slots.limit(3 * SLAB_BYTES);
    take(6);
    assertThat(slots.limit(3 * SLAB_BYTES)).isEmpty();
    assertThat(slots.limit(4 * SLAB_BYTES)).isEmpty();
  }

  @Test
  void asManySlabsGoAsAreTooMany() {
    slots.limit(4 * SLAB_BYTES);
    take(8);
    List<CacheSlab> slabs = slots.slabs();
    List<CacheSlab> tooMany = slots.limit(3 * SLAB_BYTES - 1);
    assertThat(tooMany).containsExactly(slabs.get(3), slabs.get(2));
    assertThat(tooMany).allMatch(slab -> slab.retired);
    assertThat(slabs.subList(0, 2)).noneMatch(slab -> slab.retired);
  }

  @Test
  void slabsThatAreToGoDoNotCountAgain() {
    slots.limit(3 * SLAB_BYTES);
    take(6);
    assertThat(slots.limit(2 * SLAB_BYTES)).hasSize(1);
    assertThat(slots.limit(2 * SLAB_BYTES)).isEmpty();
    assertThat(slots.limit(SLAB_BYTES)).hasSize(1);
  }

  @Test
  void noSlotOfASlabThatIsToGoIsTaken() {
    slots.limit(2 * SLAB_BYTES);
    List<Integer> taken = take(4);
    slots.limit(SLAB_BYTES);
    taken.subList(0, 3).forEach(this::listUnpinned);
    assertThat(take(2)).containsExactlyInAnyOrder(taken.get(0), taken.get(1));
    assertThat(slots.take()).isEqualTo(-1);
    free(taken.get(3));
    assertThat(slots.take()).isEqualTo(-1);
  }

  @Test
  void freeSlotsOfTheSlabsThatStayAreTakenStill() {
    slots.limit(2 * SLAB_BYTES);
    List<Integer> taken = take(4);
    taken.forEach(this::free);
    slots.limit(SLAB_BYTES).forEach(slots::release);
    assertThat(take(3)).containsExactlyInAnyOrder(taken.get(0), taken.get(1), -1);
  }

  @Test
  void aSlabGoesWithTheLastThatKeepsIt() {
    slots.limit(2 * SLAB_BYTES);
    List<Integer> taken = take(4);
    CacheSlab gone = slots.slabs().getLast();
    CacheSlab stays = slots.slabs().getFirst();
    slots.limit(SLAB_BYTES).forEach(slots::release);
    free(taken.get(2));
    assertThat(gone.segment().scope().isAlive()).isTrue();
    assertThat(slots.memoryBytes()).isEqualTo(2 * SLAB_BYTES);
    free(taken.get(3));
    assertThat(gone.segment().scope().isAlive()).isFalse();
    assertThat(slots.memoryBytes()).isEqualTo(SLAB_BYTES);
    assertThat(slots.slabs()).containsExactly(stays);
    assertThat(slots.slab(taken.get(3))).isNull();
  }

  @Test
  void whatHasGoneIsNotPinned() {
    slots.limit(SLAB_BYTES);
    List<Integer> taken = take(2);
    taken.forEach(this::free);
    slots.limit(0).forEach(slots::release);
    assertThat(slots.take()).isEqualTo(-1);
    assertThatThrownBy(() -> slots.pinned(taken.get(0))).hasMessageContaining("not pinned");
  }

  @Test
  void aNewSlabTakesThePlaceOfOneThatHasGone() {
    slots.limit(2 * SLAB_BYTES);
    List<Integer> taken = take(4);
    taken.forEach(this::free);
    slots.limit(SLAB_BYTES).forEach(slots::release);
    slots.limit(2 * SLAB_BYTES);
    assertThat(take(4)).containsExactlyInAnyOrderElementsOf(taken);
    assertThat(slots.memoryBytes()).isEqualTo(2 * SLAB_BYTES);
  }
}
